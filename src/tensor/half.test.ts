import { describe, expect, test } from "vitest";
import {
  bfloat16,
  fromBfloat16,
  fromHalf,
  half,
  numberOfBfloat16,
  numberOfHalf,
  toBfloat16,
  toFloat32,
  toHalf,
} from "./half";
import { type DType, float32, int64, type TypedArray, tensor } from "./tensor";

/** The definition, slowly: the nearest of all finite values, or 65536 for infinity; the even one of two. */
const halves = Array.from({ length: 0x7c00 }, (_, bits) => {
  const exponent = bits >> 10;
  return exponent === 0 ? (bits / 1024) * 2 ** -14 : (1 + (bits & 1023) / 1024) * 2 ** (exponent - 15);
}).concat(65536);
const nearestHalf = (value: number): number => {
  let low = 0;
  let high = halves.length - 1;
  if (value >= halves[high]!) return high;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (halves[middle]! <= value) low = middle;
    else high = middle;
  }
  const below = value - halves[low]!;
  const above = halves[high]! - value;
  return below < above || (below === above && low % 2 === 0) ? low : high;
};

describe("float16", () => {
  test("all 65536 bit patterns survive the way to float32 and back", () => {
    const all = Uint16Array.from({ length: 65536 }, (_, i) => i);
    const numbers = fromHalf(all);
    const back = toHalf(numbers);
    for (let bits = 0; bits < 65536; bits++) {
      const magnitude = bits & 0x7fff;
      if (magnitude > 0x7c00) {
        if (!Number.isNaN(numbers[bits]) || (back[bits]! & 0x7e00) !== 0x7e00) throw new Error(`NaN ${bits}`);
      } else if (back[bits] !== bits) throw new Error(`${bits} became ${back[bits]}`);
      const positive =
        magnitude < 0x7c00 ? halves[magnitude]! : magnitude === 0x7c00 ? Number.POSITIVE_INFINITY : Number.NaN;
      const wanted = bits & 0x8000 ? -positive : positive;
      if (!Object.is(numbers[bits], wanted)) throw new Error(`${bits} is ${numbers[bits]} instead of ${wanted}`);
      if (!Object.is(numberOfHalf(bits), wanted)) throw new Error(`${bits} alone is ${numberOfHalf(bits)}`);
    }
  });

  test("rounds to the nearest, ties to even, at and around every midpoint", () => {
    const number = new Float32Array(1);
    const bits = new Uint32Array(number.buffer);
    for (let i = 0; i + 1 < halves.length; i++) {
      number[0] = (halves[i]! + halves[i + 1]!) / 2;
      const middle = bits[0]!;
      for (const near of [middle - 1, middle, middle + 1]) {
        bits[0] = near;
        const value = number[0]!;
        if (half(value) !== nearestHalf(value)) throw new Error(`${value}: ${half(value)} for ${nearestHalf(value)}`);
        if (half(-value) !== (nearestHalf(value) | 0x8000)) throw new Error(`-${value}`);
      }
    }
  });

  test.each([
    [0, 0],
    [-0, 0x8000],
    [1, 0x3c00],
    [65504, 0x7bff],
    [65519.996, 0x7bff],
    [65520, 0x7c00],
    [1e30, 0x7c00],
    [Number.NEGATIVE_INFINITY, 0xfc00],
    [Number.NaN, 0x7e00],
    [2 ** -24, 1],
    [2 ** -25, 0],
    [2 ** -25 * 1.001, 1],
    [1e-40, 0],
  ])("%d", (value, bits) => {
    expect(half(value)).toBe(bits);
  });
});

describe("bfloat16", () => {
  test("its 65536 bit patterns survive the way to float32 and back", () => {
    const all = Uint16Array.from({ length: 65536 }, (_, i) => i);
    const back = toBfloat16(fromBfloat16(all));
    for (let bits = 0; bits < 65536; bits++)
      if ((bits & 0x7fff) > 0x7f80 ? (back[bits]! & 0x7fc0) !== 0x7fc0 : back[bits] !== bits)
        throw new Error(`${bits}`);
  });

  test.each([
    [1, 0x3f80],
    [1 + 2 ** -8, 0x3f80],
    [1 + 3 * 2 ** -8, 0x3f82],
    [3.4e38, 0x7f80],
    [-2.5, 0xc020],
    [Number.NaN, 0x7fc0],
  ])("%d", (value, bits) => {
    expect(bfloat16(value)).toBe(bits);
  });

  test("bits stand for the upper half of a float32", () => {
    expect(numberOfBfloat16(0xc020)).toBe(-2.5);
  });
});

describe("any numeric type becomes float32", () => {
  test.each<[DType, number[], TypedArray, number[]]>([
    ["float64", [2], Float64Array.of(0.1, -2), [Math.fround(0.1), -2]],
    ["float16", [2], Uint16Array.of(0x3c00, 0xc000), [1, -2]],
    ["bfloat16", [1], Uint16Array.of(0x3f80), [1]],
    ["int64", [2], BigInt64Array.of(-3n, 2n ** 40n), [-3, 2 ** 40]],
    ["uint64", [1], BigUint64Array.of(2n ** 63n), [2 ** 63]],
    ["int8", [2], Int8Array.of(-128, 127), [-128, 127]],
    ["bool", [2], Uint8Array.of(1, 0), [1, 0]],
    ["int4", [3], Uint8Array.of(0xf1, 0x08), [1, -1, -8]],
    ["uint4", [2, 2], Uint8Array.of(0xf1, 0x98), [1, 15, 8, 9]],
  ])("%s", (dtype, dims, data, numbers) => {
    expect([...toFloat32(tensor(dtype, dims, data))]).toEqual(numbers);
  });

  test("float32 stays the same array", () => {
    const it = float32([1], [1]);
    expect(toFloat32(it)).toBe(it.data);
  });

  test("strings don't", () => {
    expect(() => toFloat32({ ...int64([1], [1]), dtype: "string" })).toThrow("no numbers: string tensor");
  });
});
