/** Element types, by the names that ONNX Runtime's JavaScript API uses; 4-bit types hold two elements a byte. */
export type DType =
  | "float32"
  | "float64"
  | "float16"
  | "bfloat16"
  | "int8"
  | "int16"
  | "int32"
  | "int64"
  | "uint8"
  | "uint16"
  | "uint32"
  | "uint64"
  | "bool"
  | "int4"
  | "uint4"
  | "string";

export type TypedArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array;

/**
 * A dense row-major array. `float16` and `bfloat16` stand as their bits in a Uint16Array, `bool` as 0 or 1 in a
 * Uint8Array, 4-bit elements packed low nibble first in a Uint8Array.
 */
export interface Tensor {
  readonly dtype: DType;
  readonly dims: readonly number[];
  readonly data: TypedArray;
}

type ArrayConstructor = {
  new (buffer: ArrayBufferLike, offset?: number, length?: number): TypedArray;
  new (length: number): TypedArray;
};

const constructors: Partial<Record<DType, ArrayConstructor>> = {
  float32: Float32Array,
  float64: Float64Array,
  float16: Uint16Array,
  bfloat16: Uint16Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
  bool: Uint8Array,
  int4: Uint8Array,
  uint4: Uint8Array,
} as unknown as Record<DType, ArrayConstructor>;

/** The product of `dims`: the number of elements. */
export const sizeOf = (dims: readonly number[]): number => dims.reduce((n, d) => n * d, 1);

/** Bits of one element; throws for strings, which have no fixed size. */
export function bitsOf(dtype: DType): number {
  switch (dtype) {
    case "int4":
    case "uint4":
      return 4;
    case "string":
      throw new Error("no fixed size: string tensor");
    default:
      return typedArrayOf(dtype).BYTES_PER_ELEMENT * 8;
  }
}

/** The typed array that holds elements of `dtype`. */
export function typedArrayOf(dtype: DType): ArrayConstructor & { BYTES_PER_ELEMENT: number } {
  const found = constructors[dtype];
  if (!found) throw new Error(`no typed array: ${dtype}`);
  return found as ArrayConstructor & { BYTES_PER_ELEMENT: number };
}

/** A tensor of `data`; throws where the number of elements is not what `dims` say. */
export function tensor(dtype: DType, dims: readonly number[], data: TypedArray): Tensor {
  const wanted = Math.ceil((sizeOf(dims) * bitsOf(dtype)) / 8 / data.BYTES_PER_ELEMENT);
  if (data.length !== wanted)
    throw new Error(`wrong size: ${dtype} [${dims}] holds ${wanted} elements, not ${data.length}`);
  return { dtype, dims, data };
}

/** A float32 tensor of plain numbers. */
export const float32 = (dims: readonly number[], values: ArrayLike<number>): Tensor =>
  tensor("float32", dims, values instanceof Float32Array ? values : Float32Array.from(values));

/** An int64 tensor of plain integers. */
export const int64 = (dims: readonly number[], values: readonly (number | bigint)[]): Tensor =>
  tensor("int64", dims, BigInt64Array.from(values, BigInt));

/** Zeros of a shape. */
export const zeros = (dtype: DType, dims: readonly number[]): Tensor => {
  const Elements = typedArrayOf(dtype);
  return {
    dtype,
    dims,
    data: new Elements(Math.ceil((sizeOf(dims) * bitsOf(dtype)) / 8 / Elements.BYTES_PER_ELEMENT)),
  };
};
