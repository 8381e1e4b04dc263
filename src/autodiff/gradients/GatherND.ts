import { GraphError } from "../../graph/error";
import { intAttribute, string } from "../../onnx/attributes";
import type { Gradient } from "../gradient";

/** Adds the slices to their places, which before opset 16 can't be done where one is read twice. */
export const gatherND: Gradient = (c, node, [g]) => {
  const { b } = c;
  const [x, indices] = node.inputs;
  const batch = intAttribute(node, "batch_dims", 0);
  if (b.opset < 16)
    throw new GraphError("no gradient", `GatherND in opset ${b.opset}, which can't add at places`, node);
  return [
    () => {
      const rank = c.dims(indices).length;
      // Batch axes become part of the index.
      const each = b.concat([b.slice(b.op("Shape", [indices]), 0, 0, rank - 1), b.integers([1])], 0);
      const own = Array.from({ length: batch }, (_, axis) => {
        const along = Array.from({ length: rank }, (_, i) => (i === axis ? -1 : 1));
        return b.op("Expand", [b.reshape(b.range(b.dim(x, axis)), along), each]);
      });
      const whole = b.concat([...own, indices], rank - 1);
      const zeros = b.op("Expand", [b.scalar(0, g), c.shape(x)]);
      return b.op("ScatterND", [zeros, whole, g], { reduction: string("add") });
    },
    null,
  ];
};
