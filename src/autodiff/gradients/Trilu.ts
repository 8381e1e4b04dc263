import { intAttribute } from "../../onnx/attributes";
import type { Gradient } from "../gradient";

export const trilu: Gradient = ({ b }, node, [g]) => [
  () => b.op("Trilu", [g, ...node.inputs.slice(1)], { upper: intAttribute(node, "upper", 1) }),
  null,
];
