import { expect, test } from "vitest";
import { enlarge } from "./enlarge";

const grey = (value: number): number => ((255 << 24) | (value << 16) | (value << 8) | value) >>> 0;
const bytes = (word: number): number[] => [word & 255, (word >>> 8) & 255, (word >>> 16) & 255, word >>> 24];

/** Each byte of each pixel as the mean of the cells under it, by their areas; colour weighs as much as it covers. */
function byDefinition(rows: number, columns: number, words: Uint32Array, size: number): number[][] {
  const overlap = (pixel: number, cell: number, cells: number): number =>
    Math.max(0, Math.min((pixel + 1) / size, (cell + 1) / cells) - Math.max(pixel / size, cell / cells)) * size;
  return Array.from({ length: size * size }, (_, i) => {
    const sum = [0, 0, 0, 0];
    for (let r = 0; r < rows; r++)
      for (let c = 0; c < columns; c++) {
        const area = overlap(Math.floor(i / size), r, rows) * overlap(i % size, c, columns);
        const [red, green, blue, alpha] = bytes(words[r * columns + c]!) as [number, number, number, number];
        for (const [part, value] of [red, green, blue].entries()) sum[part]! += area * value * (alpha / 255);
        sum[3]! += area * alpha;
      }
    return [...sum.slice(0, 3).map((value) => (sum[3]! > 0 ? (value * 255) / sum[3]! : 0)), sum[3]!];
  });
}

test.each([
  [3, 3, 9],
  [3, 3, 10],
  [5, 4, 7],
  [4, 5, 5],
  [1, 1, 4],
])("%i × %i cells on %i pixels are means by area", (rows, columns, size) => {
  const words = Uint32Array.from({ length: rows * columns }, (_, i) => (i % 4 === 3 ? 0 : grey((i * 53) % 256)));
  const stride = size + 3;
  const to = new Uint32Array(stride * size + 2);
  enlarge({ rows, columns, words }, size, to, 2, stride);
  const wanted = byDefinition(rows, columns, words, size);
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++) {
      const got = bytes(to[2 + y * stride + x]!);
      const want = wanted[y * size + x]!;
      expect(Math.abs(got[3]! - want[3]!)).toBeLessThanOrEqual(2);
      // What is nearly clear has hardly any bits left for its colour.
      if (want[3]! > 40)
        for (const part of [0, 1, 2]) expect(Math.abs(got[part]! - want[part]!)).toBeLessThanOrEqual(6);
    }
});

test("nothing is written beside the square", () => {
  const to = new Uint32Array(5 * 4).fill(7);
  enlarge({ rows: 2, columns: 2, words: new Uint32Array(4).fill(grey(9)) }, 3, to, 1, 5);
  expect([to[0], to[4], to[15], to[19]]).toEqual([7, 7, 7, 7]);
  expect([to[1], to[3], to[11], to[13]]).toEqual(new Array(4).fill(grey(9)));
});
