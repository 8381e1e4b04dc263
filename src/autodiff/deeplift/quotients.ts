import { GraphError } from "../../graph/error";
import type { Gradient } from "../gradient";
import { keptShape } from "../reduced";
import type { Pairs } from "./pairs";
import { rescaled } from "./rescale";

/** Δ(1/x)/Δx = -1 / (x x'), without a difference that could lose digits. */
export const reciprocal =
  ({ other }: Pairs): Gradient =>
  (c, { outputs: [y] }, [g]) => [() => c.b.op("Neg", [c.b.mul(g, c.b.mul(y, other(c, y)))])];

/** x · (1/y): a product with a reciprocal. */
export const division =
  ({ other, middle }: Pairs): Gradient =>
  (c, { inputs: [x, y] }, [g]) => {
    const { b } = c;
    const inverse = () => b.op("Reciprocal", [y]);
    return [
      () => (c.active(y) ? b.mul(g, middle(c, inverse())) : b.div(g, y)),
      () => {
        const one = inverse();
        return b.op("Neg", [b.mul(b.mul(g, middle(c, x)), b.mul(one, other(c, one)))]);
      },
    ];
  };

/** Δ√x/Δx = 1 / (√x + √x') */
export const squareRoot =
  ({ other }: Pairs): Gradient =>
  (c, { outputs: [y] }, [g]) => [() => c.b.div(g, c.b.add(y, other(c, y)))];

/** Powers that norms and activations are made of in closed form; others by the rescale rule. */
export const power =
  (pairs: Pairs, exact: Gradient): Gradient =>
  (c, node, [g]) => {
    const { b } = c;
    const [x, exponent] = node.inputs;
    const [y] = node.outputs;
    if (c.active(exponent)) throw new GraphError("no gradient", "Pow by its exponent", node);
    const known = c.numbers(exponent);
    const is = (n: number) => known?.every((p) => p === n) ?? false;
    const before = () => pairs.other(c, x);
    const slope = (): string | null => {
      if (is(2)) return b.add(x, before());
      if (is(3)) return b.add(b.mul(x, b.add(x, before())), b.mul(before(), before()));
      if (is(0.5)) return b.op("Reciprocal", [b.add(y, pairs.other(c, y))]);
      if (is(-1)) return b.op("Neg", [b.mul(y, pairs.other(c, y))]);
      if (is(-0.5)) return secantOfInverseRoot(b, y, pairs.other(c, y));
      return null;
    };
    return [
      () => {
        const by = slope();
        if (by !== null) return b.mul(g, by);
        return (rescaled(pairs, exact, "magnitude")(c, node, [g])[0] as () => string)();
      },
      null,
    ];
  };

/** Δ(x^-½)/Δx = -y² y'² / (y + y') with y = x^-½ */
export function secantOfInverseRoot(b: Parameters<Gradient>[0]["b"], y: string, before: string): string {
  const both = b.mul(y, before);
  return b.op("Neg", [b.div(b.mul(both, both), b.add(y, before))]);
}

/** Σx²: Δ/Δx = x + x' */
export const sumOfSquares =
  ({ other }: Pairs): Gradient =>
  (c, node, [g]) => [() => c.b.mul(keptShape(c, node, g), c.b.add(node.inputs[0], other(c, node.inputs[0]))), null];

/** √Σx²: the root's secant times that of the sum. */
export const norm =
  ({ other }: Pairs): Gradient =>
  (c, node, [g]) => {
    const { b } = c;
    const [x] = node.inputs;
    const [y] = node.outputs;
    return [() => b.mul(keptShape(c, node, b.div(g, b.add(y, other(c, y)))), b.add(x, other(c, x))), null];
  };
