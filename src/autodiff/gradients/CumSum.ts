import { intAttribute } from "../../onnx/attributes";
import type { Gradient } from "../gradient";

/** Summed from the other end. */
export const cumSum: Gradient = ({ b }, node, [g]) => [
  () =>
    b.op("CumSum", [g, node.inputs[1]], {
      exclusive: intAttribute(node, "exclusive", 0),
      reverse: 1 - intAttribute(node, "reverse", 0),
    }),
  null,
];
