import { intAttribute, intsAttribute, stringAttribute } from "../../onnx/attributes";
import { axisIn, broadcast, type Fact, like, type ShapeRule, unknown } from "./fact";

function product(
  a: readonly number[] | null | undefined,
  b: readonly number[] | null | undefined,
): readonly number[] | null {
  if (!a || !b || a.length === 0 || b.length === 0) return null;
  if (a.length === 1 && b.length === 1) return [];
  if (a.length === 1) return [...b.slice(0, -2), b[b.length - 1]];
  if (b.length === 1) return a.slice(0, -1);
  if (a[a.length - 1] !== b[b.length - 2]) throw new Error(`shapes do not fit: MatMul of [${a}] and [${b}]`);
  return [...broadcast(a.slice(0, -2), b.slice(0, -2))!, a[a.length - 2], b[b.length - 1]];
}

const gemm: ShapeRule = (node, [a, b]) => {
  if (!a?.dims || !b?.dims) return [{ dtype: a?.dtype ?? null, dims: null }];
  const rows = intAttribute(node, "transA", 0) ? a.dims[1] : a.dims[0];
  const columns = intAttribute(node, "transB", 0) ? b.dims[0] : b.dims[1];
  return [{ dtype: a.dtype, dims: [rows, columns] }];
};

const einsum: ShapeRule = (node, inputs) => {
  const equation = stringAttribute(node, "equation", "").replaceAll(" ", "");
  const [left, right] = equation.split("->");
  const sizes = new Map<string, number>();
  const terms = left.split(",");
  const known = inputs.every((f) => f?.dims) && right !== undefined && !equation.includes(".");
  if (!known) return [{ dtype: inputs[0]?.dtype ?? null, dims: null }];
  terms.forEach((term, i) => {
    [...term].forEach((letter, axis) => {
      sizes.set(letter, Math.max(sizes.get(letter) ?? 1, inputs[i]!.dims![axis]));
    });
  });
  return [{ dtype: inputs[0]!.dtype, dims: [...right].map((letter) => sizes.get(letter)!) }];
};

const conv: ShapeRule = (node, [x, w]) => {
  if (!x?.dims || !w?.dims) return [{ dtype: x?.dtype ?? null, dims: null }];
  const spatial = x.dims.slice(2);
  const ones = spatial.map(() => 1);
  const kernel = intsAttribute(node, "kernel_shape", w.dims.slice(2));
  const strides = intsAttribute(node, "strides", ones);
  const dilations = intsAttribute(node, "dilations", ones);
  const pads = intsAttribute(
    node,
    "pads",
    [...ones, ...ones].map(() => 0),
  );
  const same = stringAttribute(node, "auto_pad", "NOTSET").startsWith("SAME");
  const sizes = spatial.map((n, i) =>
    same
      ? Math.ceil(n / strides[i])
      : Math.floor((n + pads[i] + pads[i + spatial.length] - dilations[i] * (kernel[i] - 1) - 1) / strides[i]) + 1,
  );
  return [{ dtype: x.dtype, dims: [x.dims[0], w.dims[0], ...sizes] }];
};

/** A pooling keeps the channels. */
const pool: ShapeRule = (node, [x], context) => {
  const kernel = intsAttribute(node, "kernel_shape", []);
  if (!x?.dims || intAttribute(node, "ceil_mode", 0))
    return node.outputs.map((_, i) => ({ ...unknown, dtype: i === 0 ? (x?.dtype ?? null) : "int64" }));
  const [fact] = conv(node, [x, { dtype: x.dtype, dims: [x.dims[1], 1, ...kernel] }], context);
  return node.outputs.map((_, i) => (i === 0 ? fact : { ...fact, dtype: "int64" }));
};

const convTranspose: ShapeRule = (node, [x, w]) => {
  const automatic = stringAttribute(node, "auto_pad", "NOTSET") !== "NOTSET" || node.attributes.has("output_shape");
  if (!x?.dims || !w?.dims || automatic) return [{ dtype: x?.dtype ?? null, dims: null }];
  const spatial = x.dims.slice(2);
  const ones = spatial.map(() => 1);
  const zeros = spatial.map(() => 0);
  const kernel = intsAttribute(node, "kernel_shape", w.dims.slice(2));
  const strides = intsAttribute(node, "strides", ones);
  const dilations = intsAttribute(node, "dilations", ones);
  const pads = intsAttribute(node, "pads", [...zeros, ...zeros]);
  const more = intsAttribute(node, "output_padding", zeros);
  const sizes = spatial.map(
    (n, i) => strides[i] * (n - 1) + more[i] + dilations[i] * (kernel[i] - 1) + 1 - pads[i] - pads[i + spatial.length],
  );
  return [{ dtype: x.dtype, dims: [x.dims[0], w.dims[1] * intAttribute(node, "group", 1), ...sizes] }];
};

/** [.., K] x (K in, N out) packed weights: the block-quantised products of com.microsoft. */
const packed: ShapeRule = (node, [a]) => [
  { dtype: a?.dtype ?? null, dims: a?.dims ? [...a.dims.slice(0, -1), intAttribute(node, "N", 0)] : null },
];

const gatherBlockQuantized: ShapeRule = (node, [data, indices, scales]) => {
  if (!data?.dims || !indices?.dims || !scales) return [{ dtype: scales?.dtype ?? null, dims: null }];
  const axis = axisIn(intAttribute(node, "gather_axis", 0), data.dims.length);
  const quantized = axisIn(intAttribute(node, "quantize_axis", data.dims.length - 1), data.dims.length);
  const packing = data.dtype === "uint8" ? 8 / intAttribute(node, "bits", 4) : 1;
  const dims = data.dims.map((d, i) => (i === quantized ? d * packing : d));
  return [{ dtype: scales.dtype, dims: [...dims.slice(0, axis), ...indices.dims, ...dims.slice(axis + 1)] }];
};

const dynamicQuantize: ShapeRule = (_node, [x]) => [
  like(x, "uint8"),
  { dtype: "float32", dims: [] },
  { dtype: "uint8", dims: [] },
];

const withStatistics: ShapeRule = (node, [x]) => {
  if (!x?.dims) return node.outputs.map(() => like(x));
  const axis = axisIn(intAttribute(node, "axis", -1), x.dims.length);
  const statistics: Fact = { dtype: "float32", dims: x.dims.map((d, i) => (i < axis ? d : 1)) };
  return node.outputs.map((_, i) => (i === 0 ? like(x) : statistics));
};

/** Products, convolutions, normalisations and the quantised forms of products. */
export const matrixRules: Readonly<Record<string, ShapeRule>> = {
  MatMul: (_node, [a, b]) => [{ dtype: a?.dtype ?? null, dims: product(a?.dims, b?.dims) }],
  MatMulInteger: (_node, [a, b]) => [{ dtype: "int32", dims: product(a?.dims, b?.dims) }],
  QLinearMatMul: (_node, [a, , , b, , , scale, zero]) => [
    { dtype: zero?.dtype ?? (scale ? "uint8" : null), dims: product(a?.dims, b?.dims) },
  ],
  Gemm: gemm,
  Einsum: einsum,
  Conv: conv,
  ConvTranspose: convTranspose,
  MaxPool: pool,
  AveragePool: pool,
  ConvInteger: (node, inputs, context) => conv(node, inputs, context).map((fact) => ({ ...fact, dtype: "int32" })),
  MoE: (_node, [x]) => [like(x)],
  QMoE: (_node, [x]) => [like(x)],
  MatMulNBits: packed,
  MatMulBnb4: packed,
  GatherBlockQuantized: gatherBlockQuantized,
  DynamicQuantizeLinear: dynamicQuantize,
  QuantizeLinear: (_node, [x, , zero]) => [like(x, zero?.dtype ?? "uint8")],
  DequantizeLinear: (_node, [x, scale]) => [like(x, scale?.dtype ?? "float32")],
  LayerNormalization: withStatistics,
  RMSNormalization: withStatistics,
  SimplifiedLayerNormalization: withStatistics,
  BatchNormalization: (_node, [x]) => [like(x)],
};
