import { expect, test } from "vitest";
import { traceOfTensors } from "../explain/trace-file/open";
import { numberOfHalf } from "../tensor/half";
import { float32, type Tensor } from "../tensor/tensor";
import { rangesOf, withLast } from "./loading/trace";
import type { ExplainEvent } from "./protocol";
import { createTraceExplainer } from "./trace-explainer";

const even = (heads: number, rows: number, columns: number): Tensor => ({
  dtype: "float32",
  dims: [heads, rows, columns],
  data: new Float32Array(heads * rows * columns).fill(1 / columns),
});

const trace = traceOfTensors(
  {
    model: { name: "translator" },
    tokens: { encoder: { tokens: ["▁a", "▁b", "c"] }, decoder: { tokens: ["<s>", "▁x"] } },
    sites: [
      { layer: 0, kind: "encoder", heads: 2 },
      { layer: 0, kind: "decoder", heads: 1 },
      { layer: 0, kind: "cross", heads: 3 },
    ],
  },
  new Map([
    ["attention.0", even(2, 3, 3)],
    ["attention.1", even(1, 2, 2)],
    ["attention.2", even(3, 2, 3)],
  ]),
);
const explainer = createTraceExplainer(trace, 7);

test("both stacks are one text, each in its place", async () => {
  const { trace: id, encoding, stacks } = await explainer.run({ kind: "ids", ids: [] }, null);
  expect(id).toBe(7);
  expect(encoding.tokens).toEqual([" a", " b", "c", "<s>", " x"]);
  expect(encoding.segments).toEqual([0, 0, 0, 1, 1]);
  expect(encoding.words).toEqual([0, 1, 1, null, 2]);
  expect(stacks).toEqual({ encoder: [0, 3], decoder: [3, 5] });
});

test("attention is read as that of a model", async () => {
  const slice = await explainer.attention(7, 2, [1, 2]);
  expect([slice.rows, slice.columns, slice.data.length]).toEqual([2, 3, 12]);
  for (const weight of slice.data) expect(numberOfHalf(weight)).toBeCloseTo(1 / 3, 3);
  await expect(explainer.attention(7, 3, [])).rejects.toThrow("no such attention: 3 (there are 3)");
});

test("heads that look at their own text are scored", async () => {
  const scores = await explainer.scores(7);
  expect(scores.map(({ site, head }) => [site, head])).toEqual([
    [0, 0],
    [0, 1],
    [1, 0],
  ]);
  expect(scores[0]?.previous).toBeCloseTo(1 / 3);
});

const about = { model: { name: "tiny" }, tokens: { decoder: { tokens: ["<s>", "Ġx", "Ġy"] } } };
const causal = float32([1, 3, 3], [1, 0, 0, 0.5, 0.5, 0, 0.25, 0.25, 0.5]);
const single = createTraceExplainer(
  traceOfTensors(
    { ...about, sites: [0, 1].map((layer) => ({ layer, kind: "decoder", heads: 1 })) },
    new Map([
      ["attention.0", causal],
      ["attention.1", causal],
    ]),
  ),
  8,
);

test("what reads attention alone explains, and what needs a model says so", async () => {
  const told: ExplainEvent[] = [];
  const methods = [{ id: "rollout" }, { id: "leave-one-out" }];
  const request = { trace: 8, target: { position: null, index: 0 }, methods, unit: "token", seed: 0 } as const;
  await single.explain(request, (event) => told.push(event));
  const [rolled, refused] = told;
  // ((A + I) / 2)², its last row
  const half = [1, 0, 0, 0.25, 0.75, 0, 0.125, 0.125, 0.75];
  const last = [0, 1, 2].map((j) => [0, 1, 2].reduce((sum, k) => sum + half[6 + k]! * half[k * 3 + j]!, 0));
  expect(rolled).toMatchObject({ slot: 0, kind: "result" });
  for (const [j, value] of last.entries())
    expect(rolled?.kind === "result" && rolled.result.values[j]).toBeCloseTo(value, 6);
  expect(refused).toMatchObject({ slot: 1, kind: "failure" });
  expect(refused?.kind === "failure" && refused.failure.message).toContain("no model: leave-one-out needs one");
  const both: ExplainEvent[] = [];
  await explainer.explain({ ...request, methods: [{ id: "rollout" }] }, (event) => both.push(event));
  expect(both[0]?.kind === "failure" && both[0].failure.message).toContain("no model: rollout of two stacks needs one");
});

test("queries and keys are read where they came with it", async () => {
  await expect(explainer.scoring(7, 0, 0)).rejects.toThrow("no queries and keys");
});

test("what lies within a part that was read last isn't read again", async () => {
  const asked: string[] = [];
  let fails = false;
  const read = withLast(async (start, end) => {
    asked.push(`${start}-${end}`);
    if (fails) throw new Error("no answer");
    return Uint8Array.from({ length: end - start }, (_, i) => start + i);
  }, 100);
  expect([...(await read(10, 60)).subarray(0, 2)]).toEqual([10, 11]);
  expect([...(await read(20, 22))]).toEqual([20, 21]);
  expect(asked).toEqual(["10-60"]);
  await read(60, 120); // both together are more than are kept
  await read(61, 62);
  await read(10, 12);
  expect(asked).toEqual(["10-60", "60-120", "10-12"]);
  fails = true;
  await expect(read(0, 5)).rejects.toThrow("no answer");
  fails = false;
  expect([...(await read(0, 2))]).toEqual([0, 1]);
});

test("a server without ranges is asked once", async () => {
  const file = Uint8Array.from({ length: 100 }, (_, i) => i);
  const asked: (string | null)[] = [];
  const before = globalThis.fetch;
  globalThis.fetch = async (_, init) => {
    asked.push(new Headers(init?.headers).get("range"));
    return new Response(file);
  };
  try {
    const { read } = rangesOf("http://somewhere/trace");
    expect([...(await read(10, 12))]).toEqual([10, 11]);
    expect([...(await read(98, 110))]).toEqual([98, 99]);
    expect(asked).toEqual(["bytes=10-11"]);
  } finally {
    globalThis.fetch = before;
  }
});
