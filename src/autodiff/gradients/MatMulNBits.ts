import { GraphError } from "../../graph/error";
import { intAttribute } from "../../onnx/attributes";
import type { Gradient } from "../gradient";
import { unpackedBlocks } from "../quantised";

/** com.microsoft MatMulNBits: g · W with W [N, K] dequantised for the moment. */
export const matMulNBits: Gradient = (c, node, [g]) => {
  const { b } = c;
  const [x, , , , groups] = node.inputs;
  return [
    () => {
      if (groups) throw new GraphError("no gradient", "MatMulNBits with its groups in another order", node);
      const flat = b.reshape(g, [-1, intAttribute(node, "N", 0)]);
      return b.op("Reshape", [b.op("Gemm", [flat, unpackedBlocks(c, node)]), c.shape(x)]);
    },
    null,
    null,
    null,
    null,
    null,
  ];
};
