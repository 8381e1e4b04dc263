import { expect, test } from "vitest";
import { fan, linesOf, meanOver, notDrawn, top } from "./lines";
import type { HeadReading } from "./reading";

const reading = (rows: readonly (readonly number[])[], more: Partial<HeadReading> = {}): HeadReading => ({
  rows: rows.length,
  columns: rows[0]!.length,
  weights: Float32Array.from(rows.flat()),
  held: new Float32Array(rows.length),
  outside: new Float32Array(rows.length),
  rest: new Float32Array(rows.length).fill(1),
  ...more,
});

const close = (values: ArrayLike<number>): number[] => Array.from(values, (value) => Number(value.toFixed(4)));

test("a line for each weight from 5 % on, row by row", () => {
  const lines = linesOf(
    reading([
      [0.0499, 0.05, 0.9001],
      [0, 0, 0],
      [1, 0, 0],
    ]),
  );
  expect([...lines.start]).toEqual([0, 2, 2, 3]);
  expect([...lines.query]).toEqual([0, 0, 2]);
  expect([...lines.key]).toEqual([1, 2, 0]);
  expect(close(lines.weight)).toEqual([0.05, 0.9001, 1]);
  expect(close(lines.drawn)).toEqual([0.9501, 0, 1]);
});

test("what is not drawn adds up to what the model computed", () => {
  // A row of .6 on a sink, .38 and .02 elsewhere: rescaled .95 and .05 are drawn, so all but the sink is.
  const one = reading([[0.95, 0.05, 0]], { held: Float32Array.of(0.6), rest: Float32Array.of(0.4) });
  // A row of .5 on a sink, .25 in the other text, .24 drawn and .01 too thin.
  const two = reading([[0.48, 0.02, 0]], {
    held: Float32Array.of(0.5),
    outside: Float32Array.of(0.25),
    rest: Float32Array.of(0.5),
  });
  const heads = [one, two].map((of) => ({ reading: of, lines: linesOf(of) }));
  const rest = notDrawn(heads);
  expect(rest.held).toBeCloseTo(0.55, 6);
  expect(rest.outside).toBeCloseTo(0.125, 6);
  expect(rest.thin).toBeCloseTo(0.005, 6);
  expect(rest.total).toBeCloseTo(rest.held + rest.outside + rest.thin, 6);
  expect(close(rest.byRow)).toEqual([0.68]);
});

test("means over heads, by row and by column", () => {
  const heads = [
    reading([
      [0.2, 0.8],
      [1, 0],
    ]),
    reading([
      [0.4, 0.6],
      [0, 1],
    ]),
  ].map((of) => ({ reading: of }));
  expect(close(meanOver(heads, "query", 0))).toEqual([0.3, 0.7]);
  expect(close(meanOver(heads, "key", 1))).toEqual([0.7, 0.5]);
  expect(meanOver([], "key", 0)).toHaveLength(0);
});

test("the largest come first, zeros never, ties in order", () => {
  expect(top([0.1, 0.5, 0, 0.5, 0.3], 3)).toEqual([
    { index: 1, value: 0.5 },
    { index: 3, value: 0.5 },
    { index: 4, value: 0.3 },
  ]);
  expect(top([0, 0], 3)).toEqual([]);
  const values = Array.from({ length: 200 }, (_, i) => Math.sin(i * 12.9898) ** 2);
  const sorted = [...values].sort((a, b) => b - a).slice(0, 7);
  expect(top(values, 7).map(({ value }) => value)).toEqual(sorted);
});

test("heads fan out around a row's middle and stay inside it", () => {
  expect(fan(0, 1)).toBe(0);
  for (const heads of [2, 6, 12, 32]) {
    const offsets = Array.from({ length: heads }, (_, n) => fan(n, heads));
    expect(offsets.reduce((a, b) => a + b, 0)).toBeCloseTo(0, 9);
    expect(Math.max(...offsets)).toBeLessThanOrEqual(5.5);
    expect(new Set(offsets).size).toBe(heads);
  }
});
