import { GraphError } from "../../graph/error";
import type { Gradient } from "../gradient";

/** By the base; a computed exponent has no cotangent. */
export const pow: Gradient = (c, node, [g]) => {
  const { b } = c;
  const [x, exponent] = node.inputs;
  if (c.active(exponent)) throw new GraphError("no gradient", "Pow by its exponent", node);
  return [
    () => {
      const known = c.numbers(exponent);
      const like = b.dtypeOf(x) ?? "float32";
      if (known?.every((n) => n === 2)) return b.mul(g, b.mul(x, b.scalar(2, like)));
      if (known?.every((n) => n === 3)) return b.mul(g, b.mul(b.mul(x, x), b.scalar(3, like)));
      const p = b.dtypeOf(exponent) === like ? exponent : b.cast(exponent, like);
      return b.mul(g, b.mul(p, b.op("Pow", [x, b.sub(p, b.scalar(1, like))])));
    },
    null,
  ];
};
