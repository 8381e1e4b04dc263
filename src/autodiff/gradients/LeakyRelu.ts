import { floatAttribute } from "../../onnx/attributes";
import type { Gradient } from "../gradient";

export const leakyRelu: Gradient = ({ b }, node, [g]) => [
  () => {
    const [x] = node.inputs;
    const leaked = b.mul(g, b.scalar(floatAttribute(node, "alpha", 0.01), g));
    return b.where(b.op("Less", [x, b.scalar(0, x)]), leaked, g);
  },
];
