import type { Node } from "../../onnx/model";
import { operatorOf } from "../rewrites";
import { curveOf, erf, madeOf } from "./curve";
import type { Fusion } from "./fusion";

const byErf = (x: number): number => (x / 2) * (1 + erf(x / Math.SQRT2));
const byTanh = (x: number): number => (x / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));

/** ONNX Runtime's operators at any opset, by the function that spells them out and the curve that it must hold. */
const forms = [
  { opType: "Gelu", holds: "Erf", gelu: byErf },
  { opType: "FastGelu", holds: "Tanh", gelu: byTanh },
] as const;

const points = [-5, -2.7, -1.3, -0.6, -0.1, 0.2, 0.7, 1.1, 1.9, 2.8, 4.5];

/**
 * x Φ(x) and its form by tanh (Hendrycks and Gimpel 2016), however the formula is written: it is known by its numbers. One
 * whose constants were rounded to half precision is another function, and stays as it is.
 */
export const gelu: Fusion = (node, around) => {
  const [y] = node.outputs;
  if (!/^(Mul|Div)$/.test(operatorOf(node)) || around.factOf(y).dtype !== "float32") return null;
  const parts = madeOf(y, around);
  const operators = new Set(parts?.map((v) => around.producer.get(v)).map((n) => n && operatorOf(n)));
  for (const { opType, holds, gelu } of forms) {
    if (!operators.has(holds)) continue;
    const x = parts?.find((v) => v !== y && isAlike(curveOf(y, v, points, around), gelu));
    if (x !== undefined) return fused(node, opType, x);
  }
  return null;
};

const fused = (node: Node, opType: string, x: string): Node => ({
  ...node,
  ...{ opType, domain: "com.microsoft", inputs: [x], attributes: new Map() },
});

const isAlike = (curve: readonly number[] | null, f: (x: number) => number): boolean =>
  curve?.every((y, i) => Math.abs(y - f(points[i])) <= 2e-7 * (1 + Math.abs(points[i]))) ?? false;
