import { intsAttribute } from "../../onnx/attributes";
import type { Gradient } from "../gradient";

export const transpose: Gradient = (c, node, [g]) => {
  const rank = c.dims(g).length;
  const perm = intsAttribute(node, "perm", [...Array(rank).keys()].reverse());
  const back = perm.map((_, i) => perm.indexOf(i));
  return [() => c.b.transpose(g, back)];
};
