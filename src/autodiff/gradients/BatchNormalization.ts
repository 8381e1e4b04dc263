import { floatAttribute } from "../../onnx/attributes";
import type { Gradient } from "../gradient";

/** With the file's statistics: a scale for each channel, the second axis. */
export const batchNormalization: Gradient = (c, node, [g]) => {
  const { b } = c;
  const [x, scale, , , variance] = node.inputs;
  return [
    () => {
      const epsilon = b.scalar(floatAttribute(node, "epsilon", 1e-5), variance);
      const each = b.div(scale, b.op("Sqrt", [b.add(variance, epsilon)])); // [C]
      const rank = c.dims(x).length;
      return b.mul(g, rank > 2 ? b.reshape(each, [-1, ...Array(rank - 2).fill(1)]) : each);
    },
    null,
    null,
    null,
    null,
  ];
};
