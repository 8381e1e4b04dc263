import type { DType } from "../tensor/tensor";

/** TensorProto.DataType. */
export const dtypeCodes: Readonly<Record<DType, number>> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
  bfloat16: 16,
  uint4: 21,
  int4: 22,
};

const dtypes = new Map(Object.entries(dtypeCodes).map(([dtype, code]) => [code, dtype as DType]));

/** The element type of a TensorProto.DataType, or null where no DType holds it. */
export const dtypeOf = (code: number): DType | null => dtypes.get(code) ?? null;

const others: Readonly<Record<number, string>> = {
  0: "undefined",
  14: "complex64",
  15: "complex128",
  17: "float8e4m3fn",
  18: "float8e4m3fnuz",
  19: "float8e5m2",
  20: "float8e5m2fnuz",
  23: "float4e2m1",
  24: "float8e8m0",
  25: "uint2",
  26: "int2",
};

/** A TensorProto.DataType in words. */
export const dtypeName = (code: number): string => dtypeOf(code) ?? others[code] ?? `data type ${code}`;

/** AttributeProto.AttributeType. */
export const attributeCodes = {
  float: 1,
  int: 2,
  string: 3,
  tensor: 4,
  graph: 5,
  floats: 6,
  ints: 7,
  strings: 8,
  graphs: 10,
} as const;

/** Under this key torch's newer exporter notes the modules that a node came from, outermost first, the operator last. */
export const classHierarchy = "pkg.torch.onnx.class_hierarchy";
