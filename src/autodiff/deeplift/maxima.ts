import { GraphError } from "../../graph/error";
import type { Value } from "../../onnx/model";
import type { Gradient, GradientContext } from "../gradient";
import type { Pairs } from "./pairs";

/**
 * Of the largest of many: what it rises by goes to the element that is largest in one row, and what it would fall by to the one
 * that is largest in its partner; each divided by its own Δ. Elements that don't differ get nothing and owe nothing.
 */
export const largest =
  ({ other, delta }: Pairs, exact: Gradient, sign: 1 | -1 = 1): Gradient =>
  (c, node, [g]) => {
    const { b } = c;
    const [x] = node.inputs;
    const [y] = node.outputs;
    return [
      () => {
        const before = other(c, y);
        const top = b.op(sign === 1 ? "Max" : "Min", [y, before]);
        const taken = exact(c, node, [b.mul(g, b.sub(top, before))])[0] as () => Value;
        const given = taken();
        const run = delta(c, x);
        const differs = b.op("Greater", [b.op("Abs", [run]), b.scalar(1e-10, x)]);
        const share = b.div(b.sub(given, other(c, given)), b.where(differs, run, b.scalar(1, x)));
        return b.where(differs, share, b.scalar(0, x));
      },
      ...node.inputs.slice(1).map(() => null),
    ];
  };

/** max(a, b) = (a + b + |a - b|)/2, and min with a minus: the absolute value is rescaled. */
export const largerOfTwo =
  (pairs: Pairs, sign: 1 | -1): Gradient =>
  (c, node, [g]) => {
    const { b } = c;
    if (node.inputs.length === 1) return [() => g];
    if (node.inputs.length > 2)
      throw new GraphError("no gradient", `DeepLIFT through ${node.opType} of more than two`, node);
    const [x, y] = node.inputs;
    const share = (own: 1 | -1) => () => {
      const slope = absoluteSlope(c, pairs, b.sub(x, y));
      const half = b.scalar(0.5, g);
      return b.mul(b.mul(g, half), b.add(b.scalar(1, g), b.mul(slope, b.scalar(own * sign, g))));
    };
    return [share(1), share(-1)];
  };

/** Δ|d|/Δd */
function absoluteSlope(c: GradientContext, { delta }: Pairs, d: Value): Value {
  const { b } = c;
  const run = delta(c, d);
  const differs = b.op("Greater", [b.op("Abs", [run]), b.scalar(1e-10, d)]);
  return b.where(differs, b.div(delta(c, b.op("Abs", [d])), b.where(differs, run, b.scalar(1, d))), b.op("Sign", [d]));
}
