import { stringAttribute } from "../../onnx/attributes";
import type { Value } from "../../onnx/model";
import type { Gradient, GradientContext } from "../gradient";

/** Φ(x) + x φ(x), or the derivative of the tanh form. */
export const gelu: Gradient = (c, node, [g]) => {
  const { b } = c;
  const [x] = node.inputs;
  const number = (value: number) => b.scalar(value, x);
  return [
    () => {
      if (stringAttribute(node, "approximate", "none") === "tanh") return b.mul(g, tanhSlope(c, x));
      const cdf = b.mul(number(0.5), b.add(number(1), b.op("Erf", [b.mul(x, number(Math.SQRT1_2))])));
      const density = b.mul(number(1 / Math.sqrt(2 * Math.PI)), b.op("Exp", [b.mul(b.mul(x, x), number(-0.5))]));
      return b.mul(g, b.add(cdf, b.mul(x, density)));
    },
  ];
};

/** The derivative of ½ x (1 + tanh(√(2/π) (x + 0.044715 x³))). */
export function tanhSlope({ b }: Pick<GradientContext, "b">, x: Value): Value {
  const number = (value: number) => b.scalar(value, x);
  const root = Math.sqrt(2 / Math.PI);
  const square = b.mul(x, x);
  const inner = b.mul(x, b.add(number(root), b.mul(square, number(0.044715 * root))));
  const t = b.op("Tanh", [inner]);
  const slope = b.add(number(root), b.mul(square, number(3 * 0.044715 * root)));
  const bend = b.mul(b.mul(x, b.sub(number(1), b.mul(t, t))), slope);
  return b.mul(number(0.5), b.add(b.add(number(1), t), bend));
}
