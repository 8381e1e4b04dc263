import { float, floatAttribute, intAttribute } from "../../onnx/attributes";
import type { Gradient } from "../gradient";

/** Of α·A'·B' + β·C, where ' may transpose. */
export const gemm: Gradient = ({ b }, node, [g]) => {
  const [x, y] = node.inputs;
  const [transA, transB] = [intAttribute(node, "transA", 0), intAttribute(node, "transB", 0)];
  const alpha = float(floatAttribute(node, "alpha", 1));
  const beta = floatAttribute(node, "beta", 1);
  return [
    () =>
      transA
        ? b.op("Gemm", [y, g], { transA: transB, transB: 1, alpha })
        : b.op("Gemm", [g, y], { transB: 1 - transB, alpha }),
    () =>
      transB
        ? b.op("Gemm", [g, x], { transA: 1, transB: transA, alpha })
        : b.op("Gemm", [x, g], { transA: 1 - transA, alpha }),
    () => (beta === 1 ? g : b.mul(g, b.scalar(beta, g))),
  ];
};
