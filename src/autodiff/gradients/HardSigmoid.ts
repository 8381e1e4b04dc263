import { floatAttribute } from "../../onnx/attributes";
import type { Gradient } from "../gradient";

/** α between the two flat ends. */
export const hardSigmoid: Gradient = ({ b }, node, [g]) => [
  () => {
    const [y] = node.outputs;
    const rising = b.op("And", [b.op("Greater", [y, b.scalar(0, y)]), b.op("Less", [y, b.scalar(1, y)])]);
    return b.where(rising, b.mul(g, b.scalar(floatAttribute(node, "alpha", 0.2), g)), b.scalar(0, g));
  },
];
