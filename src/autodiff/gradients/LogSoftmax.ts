import { intAttribute } from "../../onnx/attributes";
import type { Gradient } from "../gradient";

/** g − exp(y) Σ g over the axis. */
export const logSoftmax: Gradient = (c, node, [g]) => {
  const { b } = c;
  const [y] = node.outputs;
  const rank = c.dims(y).length;
  const given = intAttribute(node, "axis", b.opset < 13 ? 1 : -1);
  const from = given < 0 ? given + rank : given;
  const axes = b.opset < 13 ? Array.from({ length: rank - from }, (_, i) => from + i) : [from];
  return [() => b.sub(g, b.mul(b.op("Exp", [y]), b.reduce("ReduceSum", g, axes)))];
};
