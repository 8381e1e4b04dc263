import { describe, expect, test } from "vitest";
import { toHalf } from "../../tensor/half";
import { float32, type Tensor, tensor } from "../../tensor/tensor";
import { at, filled } from "../testing/naive";
import type { Layout, Role } from "./layout";
import { readTap } from "./read";

const [B, H, T, K] = [2, 3, 4, 5];
const sizes = { batch: B, tokens: T };
const layout = (...axes: readonly (Role | readonly Role[])[]): Layout => ({
  axes: axes.map((a) => (typeof a === "string" ? [a] : a)),
  heads: H,
});
/** What stands at a batch row, head, row and column. */
const mark = (b: number, h: number, r: number, c: number): number => 1000 * b + 100 * h + 10 * r + c;

/** Each form holds the same marks. */
const forms: Readonly<Record<string, readonly [Layout, Tensor]>> = {
  "[B, H, T, K]": [layout("batch", "head", "token", "key"), filled([B, H, T, K], mark)],
  "[B, T, H, K]": [layout("batch", "token", "head", "key"), filled([B, T, H, K], (b, r, h, c) => mark(b, h, r, c))],
  "[B, H, K, T]": [layout("batch", "head", "key", "token"), filled([B, H, K, T], (b, h, c, r) => mark(b, h, r, c))],
  "[T, B, H, K]": [layout("token", "batch", "head", "key"), filled([T, B, H, K], (r, b, h, c) => mark(b, h, r, c))],
  "[B·H, T, K]": [
    layout(["batch", "head"], "token", "key"),
    filled([B * H, T, K], (n, r, c) => mark(Math.floor(n / H), n % H, r, c)),
  ],
  "[H·B, T, K]": [
    layout(["head", "batch"], "token", "key"),
    filled([B * H, T, K], (n, r, c) => mark(n % B, Math.floor(n / B), r, c)),
  ],
  "[B, T·H, K]": [
    layout("batch", ["token", "head"], "key"),
    filled([B, T * H, K], (b, n, c) => mark(b, n % H, Math.floor(n / H), c)),
  ],
  "[B, H·T, K]": [
    layout("batch", ["head", "token"], "key"),
    filled([B, T * H, K], (b, n, c) => mark(b, Math.floor(n / T), n % T, c)),
  ],
  "[B, 3, 1, T, K]": [
    layout("batch", "head", "head", "token", "key"),
    filled([B, H, 1, T, K], (b, h, _, r, c) => mark(b, h, r, c)),
  ],
};

describe("the same values are read from every layout", () => {
  test.each(Object.entries(forms))("%s", (_name, [form, value]) => {
    for (let row = 0; row < B; row++) {
      const all = readTap(value, form, sizes, "key", row);
      expect(all).toEqual(filled([H, T, K], (h, r, c) => mark(row, h, r, c)));
      for (let head = 0; head < H; head++)
        expect(readTap(value, form, sizes, "key", row, head)).toEqual(filled([T, K], (r, c) => mark(row, head, r, c)));
    }
  });

  test("heads on two axes count the outer one first", () => {
    const value = filled([B, 2, 3, T, K], (b, g, h, r, c) => mark(b, 3 * g + h, r, c));
    const form = { ...layout("batch", "head", "head", "token", "key"), heads: 6 };
    expect(readTap(value, form, sizes, "key", 1, 4)).toEqual(filled([T, K], (r, c) => mark(1, 4, r, c)));
  });

  test("without an axis of heads, or of the batch", () => {
    const value = filled([T, K], (r, c) => mark(0, 0, r, c));
    expect(readTap(value, { ...layout("token", "key"), heads: 1 }, sizes, "key").dims).toEqual([1, T, K]);
    expect(readTap(value, { ...layout("token", "key"), heads: 1 }, sizes, "key", 0, 0)).toEqual(value);
  });

  test("the stream with batch and tokens in one axis", () => {
    const value = filled([B * T, K], (n, c) => mark(Math.floor(n / T), 0, n % T, c));
    const read = readTap(value, { ...layout(["batch", "token"], "width"), heads: 1 }, sizes, "width", 1);
    expect(read.dims).toEqual([1, T, K]);
    expect(at(read, 0, 2, 3)).toBe(mark(1, 0, 2, 3));
  });
});

describe("of any type the values come as float32", () => {
  const numbers = [0.5, -2, 1, 4];
  const form = { ...layout("token", "width"), heads: 1 };
  test.each([
    ["float16", tensor("float16", [2, 2], toHalf(Float32Array.from(numbers)))],
    ["float64", tensor("float64", [2, 2], Float64Array.from(numbers))],
    ["float32", float32([2, 2], numbers)],
  ] as const)("%s", (_dtype, value) => {
    expect(readTap(value, form, { batch: 1, tokens: 2 }, "width", 0, 0)).toEqual(float32([2, 2], numbers));
  });
});

describe("what isn't there is an error", () => {
  const [form, value] = forms["[B, H, T, K]"];
  test("a batch row", () => {
    expect(() => readTap(value, form, sizes, "key", 2)).toThrow("no batch row: 2 of 2");
  });
  test("a head", () => {
    expect(() => readTap(value, form, sizes, "key", 0, 3)).toThrow("no head: 3 of 3");
    expect(() => readTap(value, form, sizes, "key", 0, -1)).toThrow("no head: -1 of 3");
  });
  test("an axis", () => {
    expect(() => readTap(filled([B, H, T], mark as never), form, sizes, "key")).toThrow(
      "unexpected rank: [2,3,4] for 4 axes",
    );
  });
});
