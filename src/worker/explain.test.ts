import { afterEach, expect, test, vi } from "vitest";
import type { Passes } from "../explain/passes";
import { analyticContext, tangled } from "../explain/testing/analytic";
import { explainEach } from "./explain";
import type { ExplainEvent, ExplainRequest } from "./protocol";

afterEach(() => void vi.useRealTimers());

/** Whose vocabulary has a mask token and no padding. */
const tokenizer = {
  special: { mask: 1, pad: null, unk: null, cls: null, sep: null, bos: null, eos: null },
  encode: () => analyticContext({ ids: [9], logit: tangled }).context.trace.encoding,
};

const request: Omit<ExplainRequest, "trace"> = {
  target: { position: null, index: 0 },
  unit: "token",
  seed: 1,
  methods: [],
};

const given = (over: Partial<Passes> = {}, signal = new AbortController().signal) => {
  const { context } = analyticContext({ ids: Array.from({ length: 20 }, (_, i) => 10 + i), logit: tangled });
  return { ...context, passes: { ...context.passes, ...over }, tokenizer, signal };
};

/** What was told, a line a slot: progress with values as `…`, without as `.`. */
function told() {
  const events: ExplainEvent[] = [];
  const lines = () =>
    events.map((e) =>
      e.kind === "progress"
        ? `${e.slot} ${e.values ? "…" : "."}`
        : e.kind === "result"
          ? `${e.slot} ${e.result.method} ${e.result.cost.forward}`
          : `${e.slot} ${e.failure.code}: ${e.failure.message}`,
    );
  return { events, lines, tell: (event: ExplainEvent) => void events.push(event) };
}

test("methods run in their order; one that fails ends its own slot, by a failure that says why", async () => {
  const { events, lines, tell } = told();
  const methods: ExplainRequest["methods"] = [
    { id: "random" },
    { id: "leave-one-out", options: { removal: "pad" } },
    { id: "exact-shapley", options: { removal: "delete" } },
    { id: "occlusion", options: { window: 4, removal: "delete" } },
    { id: "occlusion", options: { windows: 4 } },
    { id: "nonsense" },
    { id: "leave-one-out" },
  ];
  await explainEach(given(), { ...request, methods }, tell);
  expect(lines().filter((line) => !/[….]$/.test(line))).toEqual([
    "0 random 0",
    "1 bad-input: no substitute: the vocabulary has no pad token",
    expect.stringContaining("2 bad-input: too many units: 20"),
    "3 occlusion 18",
    expect.stringContaining("4 bad-input: unknown option: windows"),
    expect.stringContaining("5 internal: unknown method: nonsense"),
    "6 leave-one-out 21",
  ]);
  expect(new Set(events.map(({ slot }) => slot)).size).toBe(7);
  expect(events[0]).toEqual({ slot: 0, kind: "progress", done: 0, total: 0 });
  const last = events.at(-1);
  expect(last).toMatchObject({ kind: "result", result: { method: "leave-one-out", signed: true } });
  expect(structuredClone(last)).toEqual(last); // as it travels
});

test("a page is told how methods converge, but not more often than it can draw", async () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  const { lines, tell } = told();
  const slowly: Passes["run"] = async (rows, wanted, onRow) => {
    await passes.run(rows, wanted, onRow);
    vi.advanceTimersByTime(10);
  };
  const { passes, ...rest } = given();
  const methods = [{ id: "shapley-sampling", options: { orders: 64 } }];
  await explainEach({ ...rest, passes: { ...passes, run: slowly } }, { ...request, methods }, tell);
  const progress = lines().filter((line) => line === "0 …").length;
  expect(progress).toBeGreaterThanOrEqual(2); // 20 parts of 10 ms, at most one in 50
  expect(progress).toBeLessThanOrEqual(4);
});

test("words are one unit", async () => {
  const { events, tell } = told();
  const words = Array.from({ length: 20 }, (_, i) => i >> 2);
  const { trace, ...rest } = given();
  const encoding = { ...trace.encoding, words };
  await explainEach(
    { ...rest, trace: { ...trace, encoding } },
    { ...request, unit: "word", methods: [{ id: "leave-one-out" }] },
    tell,
  );
  const last = events.at(-1)!;
  expect(last.kind === "result" && last.result.values.length).toBe(5);
});

test("what is cancelled ends with the reason, tells no failure and begins nothing more", async () => {
  const control = new AbortController();
  const { lines, tell } = told();
  const reason = new DOMException("", "AbortError");
  const run: Passes["run"] = async () => {
    control.abort(reason);
    control.signal.throwIfAborted();
  };
  const methods = [{ id: "random" }, { id: "leave-one-out" }, { id: "random" }];
  await expect(explainEach(given({ run }, control.signal), { ...request, methods }, tell)).rejects.toBe(reason);
  expect(lines()).toEqual(["0 .", "0 random 0", "1 ."]);
});

test("a model without answers can't be explained", async () => {
  const { engine, ...rest } = given();
  await expect(
    explainEach({ ...rest, engine: { ...engine, task: "features" } }, request, () => {}),
  ).rejects.toMatchObject({ failure: { code: "bad-input", message: expect.stringContaining("no target") } });
});

test("memory that runs out is told as such", async () => {
  const { lines, tell } = told();
  const run: Passes["run"] = async () => {
    throw new RangeError("Array buffer allocation failed");
  };
  await explainEach(given({ run }), { ...request, methods: [{ id: "leave-one-out" }] }, tell);
  expect(lines().at(-1)).toBe("0 out-of-memory: Array buffer allocation failed");
});
