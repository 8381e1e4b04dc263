import { intAttribute } from "../../onnx/attributes";
import type { Gradient } from "../gradient";
import { scattered } from "../placing";

export const gatherElements: Gradient = (c, node, [g]) => [
  () => scattered(c, g, node.inputs[1], node.inputs[0], intAttribute(node, "axis", 0)),
  null,
];
