import { float, int, ints, string } from "../../../onnx/attributes";
import type { Case, Input } from "../gradient-case";
import { ranked, weight, x } from "./inputs";

const window = (operator: string, form: string, inputs: readonly Input[], attributes: Case["attributes"]): Case => ({
  operator,
  form,
  inputs,
  attributes: attributes ?? {},
  float32: true,
});

/** Products and convolutions. */
export const productCases: readonly Case[] = [
  { operator: "MatMul", form: "by a weight", inputs: [x("B", "T", 3), x(3, 4)] },
  { operator: "MatMul", form: "of matrices", inputs: [x("T", 3), x(3, 4)] },
  { operator: "MatMul", form: "of batches", inputs: [x("B", 2, "T", 3), x("B", 2, 3, "S")] },
  { operator: "MatMul", form: "of broadcast batches", inputs: [x("B", 1, "T", 3), x(2, 3, 4)] },
  { operator: "MatMul", form: "of a matrix by batches", inputs: [x("T", 3), x("B", 3, 4)] },
  { operator: "MatMul", form: "by a vector", inputs: [x("B", "T", 3), x(3)] },
  { operator: "MatMul", form: "of a vector", inputs: [x(3), x("B", 3, 4)] },
  { operator: "MatMul", form: "of a vector by a matrix", inputs: [x(3), x(3, 4)] },
  { operator: "MatMul", form: "of vectors", inputs: [x(3), x(3)] },
  ...[0, 1, 2, 3].map(
    (n): Case => ({
      operator: "Gemm",
      form: `turned ${n}`,
      inputs: [n & 1 ? x(3, "T") : x("T", 3), n & 2 ? x(4, 3) : x(3, 4), x(4)],
      attributes: { transA: int(n & 1), transB: int(n >> 1), alpha: float(0.5), beta: float(2) },
    }),
  ),
  { operator: "Gemm", form: "plain", inputs: [x("T", 3), x(3, 4)] },
  {
    operator: "Einsum",
    form: "of three",
    inputs: [x("B", "T", 3), x(3, 4), x("B", 4)],
    attributes: { equation: string("btd,de,be->bte") },
  },
  {
    operator: "Einsum",
    form: "summing one's own",
    inputs: [x("B", "T", 3), x(3, 2)],
    attributes: { equation: string("btd,de->be") },
  },
  { operator: "Einsum", form: "of one", inputs: [x("B", "T", 3)], attributes: { equation: string("btd->db") } },
  window("Conv", "", [x("B", 2, 6, 5), weight(3, 2, 3, 2), weight(3)], {}),
  window("Conv", "of patches", [x("B", 3, 7, 6), weight(4, 3, 3, 3)], {
    strides: ints([3, 3]),
    kernel_shape: ints([3, 3]),
  }),
  window("Conv", "padded, spread, in groups", [x("B", 4, 9), weight(2, 2, 3)], {
    pads: ints([1, 2]),
    dilations: ints([2]),
    strides: ints([2]),
    group: int(2),
  }),
  window("Conv", "padded to the same size", [x("B", 2, "T"), weight(2, 1, 3)], {
    auto_pad: string("SAME_UPPER"),
    group: int(2),
  }),
  window("AveragePool", "", [x("B", 2, 6, 5)], { kernel_shape: ints([2, 3]), strides: ints([2, 1]) }),
  window("AveragePool", "padded", [x("B", 2, 6)], { kernel_shape: ints([3]), strides: ints([2]), pads: ints([1, 1]) }),
  window("AveragePool", "counting the padding", [x("B", 2, 6)], {
    kernel_shape: ints([3]),
    pads: ints([1, 1]),
    count_include_pad: int(1),
  }),
  window("GlobalAveragePool", "", [x("B", 2, 3, 4)], {}),
  window("MaxPool", "", [ranked("B", 2, 6, 4)], { kernel_shape: ints([2, 2]), strides: ints([2, 2]) }),
  window("MaxPool", "that overlaps", [ranked("B", 2, 7)], {
    kernel_shape: ints([3]),
    strides: ints([2]),
    pads: ints([1, 1]),
  }),
];
