import { expect, test } from "vitest";
import { float32 } from "../../tensor/tensor";
import { roundsToZero, traceScoring } from "./scoring";

const queries = float32([2, 4], [1, 0, 2, 1, 0, 1, 1, -1]);
const keys = float32([2, 4], [1, 1, 0, 0, 0, 2, 1, 1]);

/** softmax(q·k/√d + bias), what later rows hold left out where `causal`. */
function attentionOf(bias: readonly number[], causal: boolean) {
  const scores = [
    [1, 3],
    [1, 2],
  ].map((row, i) => row.map((dot, j) => (causal && j > i ? 0 : Math.exp(dot / 2 + bias[i * 2 + j]!))));
  return float32(
    [2, 2],
    scores.flatMap((row) => row.map((score) => score / row.reduce((a, b) => a + b, 0))),
  );
}

const softmax = (row: readonly number[]) => {
  const exps = row.map(Math.exp);
  return exps.map((e) => e / exps.reduce((a, b) => a + b, 0));
};

test.each([
  ["a plain product", [0, 0, 0, 0], false, []],
  ["a causal one", [0, 0, 0, 0], true, ["mask"]],
  ["one with a bias", [0, 1, 0, -1], false, ["other"]],
] as const)("logits of %s make its attention", (_, bias, causal, parts) => {
  const attention = attentionOf(bias, causal);
  const scoring = traceScoring(attention, queries, keys);
  expect(scoring.parts).toEqual(parts);
  expect(scoring.scale).toBe(0.5);
  const logits = [...(scoring.logits.data as Float32Array)];
  const rows = [softmax(logits.slice(0, 2)), softmax(logits.slice(2))].flat();
  for (const [i, p] of rows.entries()) expect(p).toBeCloseTo(Number(attention.data[i]), 6);
  if (parts.length === 0) for (const [i, dot] of [1, 3, 1, 2].entries()) expect(logits[i]).toBeCloseTo(dot / 2, 5);
});

test("a weight that was rounded to 0 isn't called masked, and has the logit of its product", () => {
  const far = float32([2, 4], [1, 1, 0, 0, -20, 2, 1, 1]); // 1 · k1 is far below 1 · k0
  const exact = [1 / 2, -10].map(Math.exp);
  const sum = exact[0]! + exact[1]!;
  const row = exact.map((each) => each / sum); // 0.99997, 0.00003
  expect(row[1]).toBeLessThan(roundsToZero("uint8"));
  expect(row[1]).toBeGreaterThan(roundsToZero("float16"));
  const stored = float32([2, 2], [1, 0, 1, 0]);
  const one = float32([2, 4], [1, 0, 0, 0, 1, 0, 0, 0]);
  const scores = (rounded: number) => {
    const { parts, logits } = traceScoring(stored, one, far, rounded);
    return { parts, logits: [...(logits.data as Float32Array)] };
  };
  expect(scores(roundsToZero("uint8"))).toEqual({ parts: [], logits: [0.5, -10, 0.5, -10] });
  const masked = { parts: ["mask"], logits: [0.5, Number.NEGATIVE_INFINITY, 0.5, Number.NEGATIVE_INFINITY] };
  expect(scores(2 ** -20)).toEqual(masked);
  expect(scores(0)).toEqual(masked);
});
