import { intAttribute } from "../../onnx/attributes";
import type { Gradient } from "../gradient";

export const split: Gradient = ({ b }, node, cotangents) => [
  () => b.concat(cotangents, intAttribute(node, "axis", 0)),
  null,
];
