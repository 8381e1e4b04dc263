import { floatAttribute } from "../../onnx/attributes";
import type { Gradient } from "../gradient";

/** 1, and α exp(x) = y + α below zero. */
export const elu: Gradient = ({ b }, node, [g]) => [
  () => {
    const [[x], [y]] = [node.inputs, node.outputs];
    const bent = b.mul(g, b.add(y, b.scalar(floatAttribute(node, "alpha", 1), y)));
    return b.where(b.op("Less", [x, b.scalar(0, x)]), bent, g);
  },
];
