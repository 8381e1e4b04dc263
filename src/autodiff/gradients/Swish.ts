import { floatAttribute } from "../../onnx/attributes";
import type { Gradient } from "../gradient";

/** σ(αx) + αx σ(αx) (1 - σ(αx)) */
export const swish: Gradient = ({ b }, node, [g]) => [
  () => {
    const [x] = node.inputs;
    const scaled = b.mul(x, b.scalar(floatAttribute(node, "alpha", 1), x));
    const s = b.op("Sigmoid", [scaled]);
    return b.mul(g, b.add(s, b.mul(scaled, b.mul(s, b.sub(b.scalar(1, x), s)))));
  },
];
