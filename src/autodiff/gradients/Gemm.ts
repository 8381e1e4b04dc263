import { float, floatAttribute, intAttribute } from "../../onnx/attributes";
import type { Gradient } from "../gradient";
import { weightFirst } from "./MatMul";

/** Of α·A'·B' + β·C, where ' may transpose. */
export const gemm: Gradient = (c, node, [g]) => {
  const { b } = c;
  const [x, y] = node.inputs;
  const [transA, transB] = [intAttribute(node, "transA", 0), intAttribute(node, "transB", 0)];
  const alpha = float(floatAttribute(node, "alpha", 1));
  const beta = floatAttribute(node, "beta", 1);
  return [
    () => {
      if (transA) return b.op("Gemm", [y, g], { transA: transB, transB: 1, alpha });
      if (!c.constant(y)) return b.op("Gemm", [g, y], { transB: 1 - transB, alpha });
      return b.squeeze(weightFirst(c, g, y, transB ? 0 : 1, alpha), [2]);
    },
    () =>
      transB
        ? b.op("Gemm", [g, x], { transA: 1, transB: transA, alpha })
        : b.op("Gemm", [x, g], { transA: 1 - transA, alpha }),
    () => (beta === 1 ? g : b.mul(g, b.scalar(beta, g))),
  ];
};
