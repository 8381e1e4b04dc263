import { expect, test } from "vitest";
import { fromHalf, toHalf } from "../tensor/half";
import { float32, type Tensor } from "../tensor/tensor";
import { rowsOf, sliceOf } from "./slice";

const rounded = (slice: { data: Uint16Array }) => Array.from(fromHalf(slice.data), (x) => Math.round(x * 1000) / 1000);

test("heads in the order that was asked for, as half floats", () => {
  const slice = sliceOf(2, [3, 1], [float32([2, 2], [0.1, 0.9, 0.2, 0.8]), float32([2, 2], [1, 0, 0.5, 0.5])]);
  expect(slice).toMatchObject({ site: 2, heads: [3, 1], rows: 2, columns: 2 });
  expect(rounded(slice)).toEqual([0.1, 0.9, 0.2, 0.8, 1, 0, 0.5, 0.5]);
});

test("all heads from one tensor", () => {
  const slice = sliceOf(0, [0, 1], [float32([2, 1, 2], [0.25, 0.75, 1, 0])]);
  expect(slice).toMatchObject({ heads: [0, 1], rows: 1, columns: 2 });
  expect(rounded(slice)).toEqual([0.25, 0.75, 1, 0]);
});

test("pools by the maximum, the last bin where it is smaller too", () => {
  const map = float32([3, 5], [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0, 0, 0, 0.7, 0, 0, 0.8, 0, 0]);
  const slice = sliceOf(0, [0], [map], 3);
  expect(slice).toMatchObject({ rows: 3, columns: 3 });
  expect(rounded(slice)).toEqual([0.2, 0.4, 0.5, 0.6, 0, 0.7, 0, 0.8, 0]);
  expect(sliceOf(0, [0], [map], 1)).toMatchObject({ rows: 1, columns: 1 });
  expect(rounded(sliceOf(0, [0], [map], 2))).toEqual([0.6, 0.7, 0.8, 0]);
});

test("what came as half floats is pooled as it is, and reads as the same", () => {
  const numbers = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0, 2 ** -24, -1, 0.7, 0, Number.NaN, 0.8, 1, -0];
  const as16: Tensor = { dtype: "float16", dims: [1, 3, 5], data: toHalf(Float32Array.from(numbers)) };
  const as32 = float32([1, 3, 5], numbers);
  for (const size of [undefined, 4, 3, 2, 1])
    expect(sliceOf(0, [0], [as16], size)).toEqual(sliceOf(0, [0], [as32], size));
  expect(rounded(sliceOf(0, [0], [as16], 2, [0]))).toEqual(rounded(sliceOf(0, [0], [as32], 2, [0])));
});

test("keys that are left out go before the pooling, and rows are divided by what is left", () => {
  const map = float32([3, 3], [0.5, 0.4, 0.1, 0.96, 0.04, 0, 0, 0.25, 0.75]);
  expect(rounded(sliceOf(0, [0], [map], undefined, [0]))).toEqual([0, 0.8, 0.2, 0, 0, 0, 0, 0.25, 0.75]);
  expect(rounded(sliceOf(0, [0], [map], 2, [0]))).toEqual([0.8, 0.2, 0.25, 0.75]);
  expect(rounded(sliceOf(0, [0, 1], [map, map], 1, [0, 2]))).toEqual([1, 1]);
  expect(rounded(sliceOf(0, [0], [map], 1, []))).toEqual([0.96]);
  expect(map.data[0]).toBe(0.5);
});

test("one token's row of every head, site after site, or its column", async () => {
  const maps = [float32([2, 2, 2], [0.1, 0.9, 0.2, 0.8, 1, 0, 0.5, 0.5]), float32([1, 2, 2], [0.3, 0.7, 0.6, 0.4])];
  const site = { layer: 0, kind: "encoder" as const, heads: 2, kvHeads: 2 };
  const trace = {
    sites: [
      { ...site, index: 0 },
      { ...site, index: 1, heads: 1 },
    ],
    attention: async (index: number) => maps[index]!,
  };
  const numbers = async (token: number, side: "query" | "key") =>
    Array.from((await rowsOf(trace, token, side)).data, (x) => Math.round(x * 1000) / 1000);
  expect(await numbers(1, "query")).toEqual([0.2, 0.8, 0.5, 0.5, 0.6, 0.4]);
  expect(await numbers(0, "key")).toEqual([0.1, 0.2, 1, 0.5, 0.3, 0.6]);
  await expect(rowsOf(trace, 2, "query")).rejects.toThrow("no such token: 2 (attention 0 has 2 × 2)");
});
