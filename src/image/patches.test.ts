import { describe, expect, test } from "vitest";
import { float32 } from "../tensor/tensor";
import type { PatchGrid } from "../text/encoding";
import { blur } from "./blur";
import { byPatch, fromPatches, imageEncoding, replacePatches } from "./patches";

/** 2 × 3 patches of 2 × 3 pixels; a row and a column of pixels are over. */
const grid: PatchGrid = { rows: 2, columns: 3, height: 5, width: 10, step: [2, 3], first: 1 };
const count = 3 * 5 * 10;
const pixels = float32(
  [3, 5, 10],
  Array.from({ length: count }, (_, i) => i + 1),
);

/** Where the definition says that a token's numbers are. */
function naive(token: number): number[] {
  const patch = token - 1;
  const own: number[] = [];
  for (let c = 0; c < 3; c++)
    for (let y = 0; y < 2; y++)
      for (let x = 0; x < 3; x++) own.push(c * 50 + (Math.floor(patch / 3) * 2 + y) * 10 + (patch % 3) * 3 + x + 1);
  return own;
}

describe("pixels patch by patch", () => {
  const rows = byPatch(pixels, grid, 8);
  test("each token has its patch's, and those without one zeros", () => {
    expect(rows.dims).toEqual([8, 18]);
    for (let token = 0; token < 8; token++)
      expect([...(rows.data as Float32Array).subarray(token * 18, (token + 1) * 18)]).toEqual(
        token === 0 || token === 7 ? new Array(18).fill(0) : naive(token),
      );
  });

  test("and back, over what no patch holds", () => {
    expect([...fromPatches(rows, grid, pixels).data]).toEqual([...pixels.data]);
    const zeros = float32([3, 5, 10], new Float32Array(count));
    const back = fromPatches(rows, grid, zeros);
    expect(back.data.filter((v) => v === 0)).toHaveLength(count - 6 * 18);
  });

  test("patches of some tokens from another image", () => {
    const other = float32([3, 5, 10], new Float32Array(count));
    const mixed = byPatch(replacePatches(pixels, other, grid, [0, 2, 6, 7]), grid, 8);
    for (const token of [1, 3, 4, 5])
      expect([...(mixed.data as Float32Array).subarray(token * 18, (token + 1) * 18)]).toEqual(naive(token));
    for (const token of [2, 6])
      expect([...(mixed.data as Float32Array).subarray(token * 18, (token + 1) * 18)]).toEqual(new Array(18).fill(0));
  });
});

test("an image as tokens: named by row and column, only patches can go", () => {
  const { tokens, special, words, patches } = imageEncoding(grid, ["[CLS]"], ["[DET1]"]);
  expect(tokens).toEqual(["[CLS]", "r1c1", "r1c2", "r1c3", "r2c1", "r2c2", "r2c3", "[DET1]"]);
  expect(special.flatMap((s, i) => (s ? [i] : []))).toEqual([0, 7]);
  expect(words).toEqual([null, 0, 1, 2, 3, 4, 5, null]);
  expect(patches).toBe(grid);
});

describe("a blurred image", () => {
  test("keeps what is even and the sum of what isn't", () => {
    const even = blur(float32([3, 4, 6], new Array(72).fill(0.5)), 2);
    for (const v of even.data) expect(v).toBeCloseTo(0.5, 6);
    const found = blur(pixels, 1.5).data as Float32Array;
    const sum = (of: ArrayLike<number>) => Array.from(of).reduce((a, b) => a + b, 0);
    expect(sum(found)).toBeCloseTo(sum(pixels.data as Float32Array), 0);
  });

  test("is each place's weighted mean, mirrored at the edges", () => {
    const one = float32([1, 1, 3], [1, 0, 0]);
    const w = (d: number) => Math.exp(-(d * d) / 2);
    const total = [-3, -2, -1, 0, 1, 2, 3].reduce((s, d) => s + w(d), 0);
    // The first pixel stands at 0 and, mirrored, at -1; also at ±6 from there, out of reach of the second.
    expect(blur(one, 1).data[1]).toBeCloseTo((w(1) + w(2)) / total, 6);
  });
});
