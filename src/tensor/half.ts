import { sizeOf, type Tensor } from "./tensor";

const number = new Float32Array(1);
const bits = new Uint32Array(number.buffer);

/**
 * The bits of the float16 nearest to a float32 (IEEE 754 binary16). Ties go to the even one, 65520 and more become
 * infinite, and every NaN the quiet one.
 */
export function half(value: number): number {
  number[0] = value;
  const from = bits[0]!;
  const sign = (from >>> 16) & 0x8000;
  const magnitude = from & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  if (magnitude >= 0x47800000) return sign | 0x7c00;
  if (magnitude >= 0x38800000) {
    // Rebias the exponent, then round; a carry moves into the exponent, and from the largest to infinity.
    const rebiased = magnitude - (112 << 23);
    return sign | ((rebiased + 0xfff + ((rebiased >>> 13) & 1)) >>> 13);
  }
  // Subnormal: a multiple of 2^-24. The product is exact.
  const steps = Math.abs(number[0]!) * 2 ** 24;
  const down = Math.floor(steps);
  const rest = steps - down;
  return sign | (rest > 0.5 || (rest === 0.5 && (down & 1) === 1) ? down + 1 : down);
}

/** The number that a float16's bits stand for. */
export function numberOfHalf(from: number): number {
  const sign = from & 0x8000 ? -1 : 1;
  const exponent = (from >>> 10) & 0x1f;
  const mantissa = from & 0x3ff;
  if (exponent === 0) return sign * mantissa * 2 ** -24;
  if (exponent === 31) return mantissa ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1024 + mantissa) * 2 ** (exponent - 25);
}

/** The bits of the bfloat16 nearest to a float32: its upper half. Ties go to the even one, every NaN to the quiet one. */
export function bfloat16(value: number): number {
  number[0] = value;
  const from = bits[0]!;
  if ((from & 0x7fffffff) > 0x7f800000) return ((from >>> 16) & 0x8000) | 0x7fc0;
  return ((from + 0x7fff + ((from >>> 16) & 1)) >>> 16) & 0xffff;
}

/** The number that a bfloat16's bits stand for. */
export function numberOfBfloat16(from: number): number {
  bits[0] = from << 16;
  return number[0]!;
}

let table: Float32Array | null = null;

/** float16 bits to float32, elementwise. */
export function fromHalf(from: Uint16Array): Float32Array {
  table ??= Float32Array.from({ length: 65536 }, (_, i) => numberOfHalf(i));
  const to = new Float32Array(from.length);
  for (let i = 0; i < from.length; i++) to[i] = table[from[i]!]!;
  return to;
}

/** float32 to float16 bits, elementwise. */
export function toHalf(from: Float32Array): Uint16Array {
  const to = new Uint16Array(from.length);
  for (let i = 0; i < from.length; i++) to[i] = half(from[i]!);
  return to;
}

/** bfloat16 bits to float32, elementwise. */
export function fromBfloat16(from: Uint16Array): Float32Array {
  const to = new Uint32Array(from.length);
  for (let i = 0; i < from.length; i++) to[i] = from[i]! << 16;
  return new Float32Array(to.buffer);
}

/** float32 to bfloat16 bits, elementwise. */
export function toBfloat16(from: Float32Array): Uint16Array {
  const to = new Uint16Array(from.length);
  for (let i = 0; i < from.length; i++) to[i] = bfloat16(from[i]!);
  return to;
}

/**
 * The elements of a tensor of any numeric type as float32: rounded where they are finer, and the very same array where
 * they already are. 4-bit elements are unpacked, low nibble first.
 */
export function toFloat32({ dtype, dims, data }: Tensor): Float32Array {
  switch (dtype) {
    case "float32":
      return data as Float32Array;
    case "float16":
      return fromHalf(data as Uint16Array);
    case "bfloat16":
      return fromBfloat16(data as Uint16Array);
    case "int4":
    case "uint4": {
      const to = new Float32Array(sizeOf(dims));
      for (let i = 0; i < to.length; i++) {
        const nibble = (Number(data[i >> 1]) >> (4 * (i & 1))) & 15;
        to[i] = dtype === "int4" && nibble > 7 ? nibble - 16 : nibble;
      }
      return to;
    }
    case "string":
      throw new Error("no numbers: string tensor");
    default:
      return data instanceof BigInt64Array || data instanceof BigUint64Array
        ? Float32Array.from(data, Number)
        : Float32Array.from(data as Float64Array);
  }
}
