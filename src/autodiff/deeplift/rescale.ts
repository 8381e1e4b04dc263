import type { Value } from "../../onnx/model";
import type { Gradient, GradientContext } from "../gradient";
import type { Pairs } from "./pairs";

/** Where a quotient of differences loses more digits than the slope halfway between is off by. */
const near = 3e-3;
/** For pieces of straight lines, whose quotients lose none. */
const same = 1e-10;

/** What a difference is small against: 1, or the magnitude of what it is of. */
export type Scale = "curve" | "lines" | "magnitude";

/**
 * The rescale rule (Shrikumar et al. 2017, section 3.5.1) for functions of one number: Δy/Δx, and where Δx is too small to
 * divide by, the derivative halfway between, which differs from it by Δx²/24 of the third.
 */
export const rescaled =
  ({ delta, middle }: Pairs, exact: Gradient, scale: Scale): Gradient =>
  (c, node, [g]) => [
    () => {
      const { b } = c;
      const [x, ...settings] = node.inputs;
      const [y] = node.outputs;
      const between = middle(c, x);
      const [there] = b.ops(node.opType, [between, ...settings], Object.fromEntries(node.attributes), 1, node.domain);
      const slope = exact(c, { ...node, inputs: [between, ...settings], outputs: [there] }, [g])[0] as () => Value;
      const least = scale === "lines" ? same : near;
      const bound = scale === "magnitude" ? b.mul(b.op("Abs", [between]), b.scalar(least, x)) : b.scalar(least, x);
      const [rise, run] = [delta(c, y), delta(c, x)];
      return quotient(c, rise, run, bound, (ratio) => b.mul(g, ratio), slope());
    },
    ...node.inputs.slice(1).map(() => null),
  ];

/** The secant of exp between the two values of a pair, from exp's value there: where they are near, exp halfway. */
export function secantOfExp(c: GradientContext, { delta, middle }: Pairs, x: Value, y: Value): Value {
  const { b } = c;
  return quotient(c, delta(c, y), delta(c, x), b.scalar(near, x), (ratio) => ratio, b.op("Exp", [middle(c, x)]));
}

/** rise / run where |run| is over the bound, and what isn't a number counts as under it. */
function quotient(
  { b }: GradientContext,
  rise: Value,
  run: Value,
  bound: Value,
  use: (ratio: Value) => Value,
  otherwise: Value,
): Value {
  const far = b.op("Greater", [b.op("Abs", [run]), bound]);
  return b.where(far, use(b.div(rise, b.where(far, run, b.scalar(1, run)))), otherwise);
}
