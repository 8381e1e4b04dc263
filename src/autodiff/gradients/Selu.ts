import { floatAttribute } from "../../onnx/attributes";
import type { Gradient } from "../gradient";

/** γ, and γ α exp(x) = y + γ α below zero. */
export const selu: Gradient = ({ b }, node, [g]) => [
  () => {
    const [[x], [y]] = [node.inputs, node.outputs];
    const alpha = floatAttribute(node, "alpha", 1.6732632423543772);
    const gamma = floatAttribute(node, "gamma", 1.0507009873554805);
    const slope = b.where(b.op("Less", [x, b.scalar(0, x)]), b.add(y, b.scalar(alpha * gamma, y)), b.scalar(gamma, y));
    return b.mul(g, slope);
  },
];
