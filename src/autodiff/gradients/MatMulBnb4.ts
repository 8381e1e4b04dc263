import { intAttribute } from "../../onnx/attributes";
import type { Gradient } from "../gradient";
import { unpackedBnb4 } from "../quantised";

/** com.microsoft MatMulBnb4: g · W with W [N, K] dequantised for the moment. */
export const matMulBnb4: Gradient = (c, node, [g]) => {
  const { b } = c;
  return [
    () => {
      const flat = b.reshape(g, [-1, intAttribute(node, "N", 0)]);
      return b.op("Reshape", [b.op("Gemm", [flat, unpackedBnb4(c, node)]), c.shape(node.inputs[0])]);
    },
    null,
    null,
  ];
};
