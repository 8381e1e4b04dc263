import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { MethodInfo } from "../explain/attribution";
import { unitsOf } from "../explain/unit";
import { type ExplainEvent, type Explainer, ExplainerError, type ExplainRequest } from "../worker/protocol";
import { resultsOf } from "./explanation";
import { createWorkspace } from "./store";
import { syntheticEncoding, syntheticExplainer } from "./testing/synthetic";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const text = "The cast is charming.";
const info = (id: string): MethodInfo => ({
  ...{ id, label: id, measures: "", strength: "", weakness: "", cost: "", source: "" },
  signed: true,
  family: "perturbation",
  parameters: [{ id: "samples", label: "Samples", kind: "number", default: 25, min: 1, max: 99, step: 1 }],
});

/** A worker whose explanations tell and end when the test says so; a newer one or a cancel ends them as the real one does. */
function manual() {
  const asked: ExplainRequest[] = [];
  let tell: (event: ExplainEvent) => void = () => {};
  let end: (error?: Error) => void = () => {};
  const cancel = () => end(new ExplainerError({ code: "cancelled", message: "cancelled" }));
  const over: Partial<Explainer> = {
    methods: async () => ["lime", "occlusion", "saliency"].map(info),
    explain(request, onEvent) {
      cancel();
      asked.push(request);
      tell = onEvent;
      return new Promise((resolve, reject) => {
        end = (error) => (error ? reject(error) : resolve());
      });
    },
    cancel: async (only) => {
      expect(only).toBe("explanations");
      cancel();
    },
  };
  const settle = () => vi.advanceTimersByTimeAsync(0);
  const values = (at: number) => syntheticEncoding({ kind: "text", text }, "encoder").ids.map((_, i) => at + i);
  return {
    asked,
    over,
    settle,
    ids: () => asked.map(({ methods }) => methods[0]!.id).join(" "),
    partial: (done: number, total: number, with_?: readonly number[]) =>
      tell({ slot: 0, kind: "progress", done, total, ...(with_ && { values: with_ }) }),
    async finish(at = 1) {
      const { methods, target, unit } = asked.at(-1)!;
      const encoding = syntheticEncoding({ kind: "text", text }, "encoder");
      tell({
        slot: 0,
        kind: "result",
        result: {
          ...{ method: methods[0]!.id, options: methods[0]!.options ?? {}, target, encoding, values: values(at) },
          ...{ units: unitsOf(encoding, unit), signed: true, cost: { forward: 8, backward: 0, ms: 3 } },
        },
      });
      end();
      await settle();
    },
    async break(error: Error) {
      end(error);
      await settle();
    },
    async fail() {
      tell({ slot: 0, kind: "failure", failure: { code: "bad-input", message: "too many units: 13" } });
      end();
      await settle();
    },
  };
}

async function workspace(over: Partial<Explainer>) {
  const explainer = syntheticExplainer(() => ({ name: "small", layers: 2, heads: 2, family: "encoder" }));
  const assets = { catalog: async () => ({ models: [] }), examples: async () => [] };
  const { store, actions } = createWorkspace({ ...explainer, ...over }, assets);
  actions.setText(text);
  await actions.open({ kind: "hub", id: "a/small" });
  const { getState: state } = store;
  const status = () => Object.fromEntries(Object.entries(state().explanations).map(([id, e]) => [id, e.status]));
  return { state, actions, status };
}

test("methods run one by one with their options, tell how far they are, and end in a result", async () => {
  const worker = manual();
  const { state, actions, status } = await workspace(worker.over);
  await actions.setMethodOption("lime", "samples", 50);
  void actions.explain(["occlusion", "lime"]);
  await worker.settle();
  expect(status()).toEqual({ occlusion: "waiting", lime: "running" });
  const { trace, target } = state().shown!.result;
  expect(worker.asked).toEqual([
    { trace, target, unit: "token", seed: 0, methods: [{ id: "lime", options: { samples: 50 } }] },
  ]);
  worker.partial(10, 50);
  expect(state().explanations.lime).toMatchObject({ status: "running", done: 10, total: 50, values: null });
  worker.partial(20, 50, [1, 2]);
  worker.partial(30, 50);
  expect(state().explanations.lime).toMatchObject({ done: 30, values: [1, 2] });
  await worker.finish();
  expect(status()).toEqual({ occlusion: "running", lime: "done" });
  await worker.finish(5);
  expect(resultsOf(state()).map(({ method, values }) => [method, values[0]])).toEqual([
    ["lime", 1],
    ["occlusion", 5],
  ]);
});

test("what is there or under way isn't run again, unless asked", async () => {
  const worker = manual();
  const { actions, status } = await workspace(worker.over);
  void actions.explain(["lime"]);
  await worker.settle();
  void actions.explain(["lime"]);
  await worker.settle();
  expect(worker.asked).toHaveLength(1);
  await worker.finish();
  void actions.explain(["lime"]);
  await worker.settle();
  expect(worker.asked).toHaveLength(1);
  void actions.explain(["lime"], true);
  await worker.settle();
  expect(status()).toEqual({ lime: "running" });
  expect(worker.asked).toHaveLength(2);
});

test("a failed method leaves the others alone, and isn't tried again by itself", async () => {
  const worker = manual();
  const { state, actions, status } = await workspace(worker.over);
  void actions.explain(["lime", "occlusion"]);
  await worker.settle();
  await worker.fail();
  expect(status()).toEqual({ lime: "running", occlusion: "failed" });
  expect(state().explanations.occlusion).toMatchObject({ failure: { code: "bad-input" } });
  await worker.break(new Error("broke"));
  expect(state().explanations.lime).toMatchObject({
    status: "failed",
    failure: { code: "internal", message: "broke" },
  });
  expect(state().failure).toBeNull();
  void actions.explain(["occlusion", "lime"]);
  await worker.settle();
  expect(worker.ids()).toBe("occlusion lime");
});

test("an option that changes ends the run with the old one, and its late events change nothing", async () => {
  const worker = manual();
  const { state, actions, status } = await workspace(worker.over);
  void actions.explain(["occlusion", "lime"]);
  await worker.settle();
  void actions.setMethodOption("lime", "samples", 7);
  worker.partial(99, 99);
  expect(state().explanations.lime).toBeUndefined();
  await worker.settle();
  expect(status()).toEqual({ occlusion: "running" });
  void actions.explain(["lime"]);
  await worker.settle();
  await worker.finish();
  await worker.finish();
  expect(worker.asked.at(-1)!.methods).toEqual([{ id: "lime", options: { samples: 7 } }]);
  expect(status()).toEqual({ occlusion: "done", lime: "done" });
  actions.resetMethodOptions("lime");
  expect(status()).toEqual({ occlusion: "done" });
  expect(state().methodOptions).toEqual({});
});

test("what runs again with another option while it runs starts over", async () => {
  const worker = manual();
  const { actions, status } = await workspace(worker.over);
  void actions.explain(["lime"]);
  await worker.settle();
  void actions.explain(["lime"], true);
  await worker.settle();
  expect(worker.ids()).toBe("lime lime");
  await worker.finish();
  expect(status()).toEqual({ lime: "done" });
});

test("stops one method or all; a stopped one runs again only when asked", async () => {
  const worker = manual();
  const { actions, status } = await workspace(worker.over);
  void actions.explain(["saliency", "occlusion", "lime"]);
  await worker.settle();
  await actions.stopExplaining("lime");
  await worker.settle();
  expect(status()).toEqual({ saliency: "waiting", occlusion: "running", lime: "stopped" });
  actions.escape();
  await worker.settle();
  expect(status()).toEqual({ saliency: "stopped", occlusion: "stopped", lime: "stopped" });
  void actions.explain(["lime"]);
  await worker.settle();
  expect(worker.asked).toHaveLength(2);
  void actions.explain(["lime"], true);
  await worker.settle();
  expect(worker.asked).toHaveLength(3);
});

test.each([
  ["target", (actions) => actions.setTarget(0)],
  ["text", (actions) => actions.tryExample({ text: "Another text", pair: null, look: null })],
  ["model", (actions) => actions.open({ kind: "hub", id: "b/other" })],
  ["units", (actions) => actions.setUnit("word")],
  ["seed", (actions) => actions.setSeed(1)],
] as [string, (actions: Awaited<ReturnType<typeof workspace>>["actions"]) => unknown][])(
  "explanations go with a new %s, and what runs is ended",
  async (_, change) => {
    const worker = manual();
    const { state, actions } = await workspace(worker.over);
    void actions.explain(["occlusion", "lime"]);
    await worker.settle();
    await worker.finish();
    await change(actions);
    await worker.settle();
    worker.partial(3, 3);
    expect(state().explanations).toEqual({});
    expect(worker.asked).toHaveLength(2);
  },
);

test("head scores that come later change nothing", async () => {
  const worker = manual();
  let answer: (scores: []) => void = () => {};
  const scores = () =>
    new Promise<[]>((resolve) => {
      answer = resolve;
    });
  const explainer = { ...worker.over, scores };
  const opened = workspace(explainer);
  await worker.settle();
  answer([]);
  const { state, actions, status } = await opened;
  void actions.run();
  await worker.settle();
  void actions.explain(["lime"]);
  await worker.settle();
  answer([]);
  await worker.settle();
  expect(state().shown?.scores).toEqual([]);
  expect(status()).toEqual({ lime: "running" });
});

test("a run that takes the worker leaves a stopped method, not one that runs for ever", async () => {
  const worker = manual();
  const { actions, status } = await workspace(worker.over);
  void actions.explain(["lime"]);
  await worker.settle();
  await worker.break(new ExplainerError({ code: "cancelled", message: "cancelled" }));
  expect(status()).toEqual({ lime: "stopped" });
});

test("an example that was computed beforehand can't be explained", async () => {
  const worker = manual();
  const { state, actions } = await workspace(worker.over);
  const before = state().shown!;
  Object.assign(before, { origin: "example" });
  await actions.explain(["lime"]);
  expect(state().explanations).toEqual({});
});

test("an option that can't be is the failure of its method", async () => {
  const worker = manual();
  const { state, actions, status } = await workspace(worker.over);
  await actions.setMethodOption("lime", "samples", 1000);
  void actions.explain(["lime", "occlusion"]);
  await worker.settle();
  expect(status()).toEqual({ lime: "failed", occlusion: "running" });
  expect(state().explanations.lime).toMatchObject({ failure: { code: "bad-input" }, options: { samples: 1000 } });
});
