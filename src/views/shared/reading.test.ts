import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { noise } from "../../store/testing/noise";
import { syntheticEncoding, syntheticHead } from "../../store/testing/synthetic";
import { type Unit, unitsOf } from "../../store/units";
import { toHalf } from "../../tensor/half";
import { columnsLeftOut, mergeUnits, planOf, readHead } from "./reading";

const unit = (from: number, to = from + 1, more: Partial<Unit> = {}): Unit => ({
  label: `t${from}`,
  mark: "",
  from,
  to,
  special: false,
  segment: 0,
  ...more,
});

const weightsOf = (rows: readonly (readonly number[])[]) => ({
  rows: rows.length,
  columns: rows.length,
  data: toHalf(Float32Array.from(rows.flat())),
});

const rowsOf = ({ weights, columns }: { weights: Float32Array; columns: number }): number[][] =>
  Array.from({ length: weights.length / columns }, (_, i) =>
    [...weights.slice(i * columns, (i + 1) * columns)].map((weight) => Number(weight.toFixed(3))),
  );

const all = { hideSinks: false, causal: false, filter: "all" } as const;

// Halves are exact at these values.
const example = [
  [0.5, 0.25, 0.125, 0.125],
  [0.75, 0.125, 0.125, 0],
  [0.25, 0.25, 0.25, 0.25],
  [0.96875, 0, 0.03125, 0],
];
const units = [unit(0, 1, { special: true }), unit(1), unit(2), unit(3, 4, { special: true, segment: 0 })];

test("as it is, a head is read as it was computed", () => {
  const reading = readHead(weightsOf(example), planOf(units, all));
  expect(rowsOf(reading)).toEqual(example.map((row) => row.map((weight) => Number(weight.toFixed(3)))));
  expect([...reading.held]).toEqual([0, 0, 0, 0]);
  expect([...reading.rest]).toEqual([1, 1, 1, 1]);
});

test("sinks leave, and rows are rescaled to what is left of them", () => {
  const reading = readHead(weightsOf(example), planOf(units, { ...all, hideSinks: true }));
  expect(rowsOf(reading)).toEqual([
    [0, 0.667, 0.333, 0],
    [0, 0.5, 0.5, 0],
    [0, 0.5, 0.5, 0],
    [0, 0, 0, 0],
  ]);
  expect([...reading.held]).toEqual([0.625, 0.75, 0.5, 0.96875]);
  expect([...reading.rest]).toEqual([0.375, 0.25, 0.5, 0.03125]);
});

test("a causal model's first token is a sink without being special", () => {
  const plan = planOf([unit(0), unit(1), unit(2)], { ...all, hideSinks: true, causal: true });
  expect(columnsLeftOut(plan)).toEqual([0]);
  expect(columnsLeftOut(planOf([unit(0), unit(1)], { ...all, hideSinks: true }))).toEqual([]);
});

test("of two stacks, the one that looks has the rows and the other the columns", () => {
  // Tokens 0 to 2 are an encoder's, 3 and 4 a decoder's; the decoder's first looks at the encoder's last.
  const both = [unit(0), unit(1, 3), unit(3), unit(4)];
  const cross = planOf(both, { ...all, hideSinks: true, causal: false, rows: [3, 5], columns: [0, 3] });
  expect([cross.queries, cross.keys]).toEqual([
    [2, 3],
    [0, 1],
  ]);
  const weights = [
    [0.25, 0.5, 0.25],
    [0.5, 0.25, 0.25],
  ];
  const reading = readHead({ rows: 2, columns: 3, data: toHalf(Float32Array.from(weights.flat())) }, cross);
  expect(rowsOf(reading)).toEqual([
    [0.25, 0.75],
    [0.5, 0.5],
  ]);
  expect([...reading.outside]).toEqual([0, 0]);
  const decoder = planOf(both, { ...all, hideSinks: true, causal: true, rows: [3, 5], columns: [3, 5] });
  expect(columnsLeftOut(decoder)).toEqual([0]);
});

test("words sum their keys and average their queries", () => {
  const merged = [unit(0), unit(1, 3), unit(3)];
  const reading = readHead(weightsOf(example), planOf(merged, all));
  expect(rowsOf(reading)).toEqual([
    [0.5, 0.375, 0.125],
    [0.5, 0.375, 0.125],
    [0.969, 0.031, 0],
  ]);
});

describe("pair filter", () => {
  const pair = [unit(0), unit(1), unit(2, 3, { segment: 1 }), unit(3, 4, { segment: 1 })];
  test.each([
    [
      "aa",
      [0, 1],
      [0, 1],
      [
        [0.5, 0.25],
        [0.75, 0.125],
      ],
      [0.25, 0.125],
    ],
    [
      "ab",
      [0, 1],
      [2, 3],
      [
        [0.125, 0.125],
        [0.125, 0],
      ],
      [0.75, 0.875],
    ],
    [
      "ba",
      [2, 3],
      [0, 1],
      [
        [0.25, 0.25],
        [0.969, 0],
      ],
      [0.5, 0.03125],
    ],
    [
      "bb",
      [2, 3],
      [2, 3],
      [
        [0.25, 0.25],
        [0.031, 0],
      ],
      [0.5, 0.96875],
    ],
  ] as const)("%s keeps its rows and columns, and tells what they hide", (filter, queries, keys, weights, outside) => {
    const plan = planOf(pair, { ...all, filter });
    expect(plan.queries).toEqual(queries);
    expect(plan.keys).toEqual(keys);
    const reading = readHead(weightsOf(example), plan);
    expect(rowsOf(reading)).toEqual(weights);
    expect([...reading.outside]).toEqual(outside);
  });
});

/** The definition, without any care for speed. */
function slowly(A: readonly (readonly number[])[], of: readonly Unit[], left: readonly boolean[]): number[][] {
  const merged = of.map((query) =>
    of.map((key) => {
      let sum = 0;
      for (let i = query.from; i < query.to; i++) for (let j = key.from; j < key.to; j++) sum += A[i]![j]!;
      return sum / (query.to - query.from);
    }),
  );
  return merged.map((row) => {
    const kept = row.map((weight, key) => (left[key] ? 0 : weight));
    const rest = kept.reduce((a, b) => a + b, 0);
    if (!left.some(Boolean)) return row;
    return kept.map((weight) => (rest < 0.05 ? 0 : weight / rest));
  });
}

test("words and sinks together are as their definition says, on random attention", { timeout: 30_000 }, () => {
  const inputs = fc.record({
    text: fc.array(fc.constantFrom("but", "charming", "underwritten", "extraordinarily", ","), {
      minLength: 1,
      maxLength: 8,
    }),
    family: fc.constantFrom("encoder" as const, "decoder" as const),
    head: fc.nat(9),
    words: fc.boolean(),
    hideSinks: fc.boolean(),
  });
  fc.assert(
    fc.property(inputs, ({ text, family, head, words, hideSinks }) => {
      const encoding = syntheticEncoding({ kind: "text", text: text.join(" ") }, family);
      const T = encoding.ids.length;
      const read = { rows: T, columns: T, data: toHalf(syntheticHead(encoding.tokens, family, 1, head)) };
      const plan = planOf(unitsOf(encoding, words), { hideSinks, causal: family === "decoder", filter: "all" });
      const exact = readHead(
        { ...read },
        {
          ...plan,
          units: encoding.ids.map((_, i) => unit(i)),
          queries: encoding.ids.map((_, i) => i),
          keys: encoding.ids.map((_, i) => i),
          left: encoding.ids.map(() => false),
        },
      );
      const A = encoding.ids.map((_, i) => [...exact.weights.slice(i * T, (i + 1) * T)]);
      const expected = slowly(A, plan.units, plan.left).flat();
      const { weights } = readHead(read, plan);
      expect(weights.length).toBe(expected.length);
      for (const [i, weight] of weights.entries()) expect(weight).toBeCloseTo(expected[i]!, 5);
    }),
  );
});

test("merging nothing copies nothing", () => {
  const weights = Float32Array.from({ length: 4 }, (_, i) => noise(i));
  expect(mergeUnits(weights, planOf([unit(0), unit(1)], all))).toBe(weights);
});
