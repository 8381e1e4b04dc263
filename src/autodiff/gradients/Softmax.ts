import { intAttribute } from "../../onnx/attributes";
import type { Gradient } from "../gradient";

/** s ⊙ (g − Σ g⊙s) over the softmax's axis. */
export const softmax: Gradient = (c, node, [g]) => {
  const { b } = c;
  const [s] = node.outputs;
  const rank = c.dims(s).length;
  const given = intAttribute(node, "axis", b.opset < 13 ? 1 : -1);
  const from = given < 0 ? given + rank : given;
  // Before opset 13 it ran over all axes from the given one on.
  const axes = b.opset < 13 ? Array.from({ length: rank - from }, (_, i) => from + i) : [from];
  return [
    () => {
      const weighted = b.mul(g, s);
      return b.sub(weighted, b.mul(s, b.reduce("ReduceSum", weighted, axes)));
    },
  ];
};
