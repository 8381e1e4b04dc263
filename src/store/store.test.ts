import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Explainer, ExplainerError, type RunResult } from "../worker/protocol";
import type { Catalog } from "./catalog";
import { createWorkspace } from "./store";
import { type SyntheticModel, syntheticExplainer } from "./testing/synthetic";
import { linkOf, writeLink } from "./url";

const encoder: SyntheticModel = { name: "encoder", layers: 6, heads: 4, family: "encoder", pairs: true };
const decoder: SyntheticModel = { name: "decoder", layers: 3, heads: 8, family: "decoder" };
const bare: SyntheticModel = { name: "bare", layers: 2, heads: 2, family: "encoder", tokenizer: false };

const example = (text: string) => ({ text, pair: null, note: null, look: null, compare: null });
const row = {
  description: "",
  architecture: "",
  task: "",
  layers: 6,
  heads: 4,
  precision: "fp16",
  bytes: 1,
  maxTokens: 512,
};
const catalog: Catalog = {
  models: [
    { ...row, id: "encoder", name: "Encoder", examples: [example("The cast is charming."), example("Dull.")] },
    { ...row, id: "decoder", name: "Decoder", examples: [example("When Mary and John went")] },
  ],
};

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function workspace(over: Partial<Explainer> = {}, gate?: (call: string) => Promise<void>) {
  const explainer = syntheticExplainer(
    (source) => (!("id" in source) ? bare : source.id === "decoder" ? decoder : encoder),
    gate,
  );
  const assets = { catalog: async () => catalog, examples: async () => [] };
  const { store, actions, attention } = createWorkspace({ ...explainer, ...over }, assets);
  return { state: store.getState, actions, attention };
}

/** Holds back every call of one kind until the test lets it go, oldest first unless told. */
function gates(kind: string) {
  const held: (() => void)[] = [];
  return {
    gate: (call: string) => (call === kind ? new Promise<void>((resolve) => held.push(resolve)) : Promise.resolve()),
    release: async (index = 0) => {
      held.splice(index, 1)[0]!();
      await vi.advanceTimersByTimeAsync(0);
    },
    get waiting() {
      return held.length;
    },
  };
}

const tokens = (result: RunResult | undefined) => result?.encoding.tokens.join(" ");

test("starts with the first model that ships and its first example", async () => {
  const { state, actions } = workspace();
  await actions.start("");
  expect(state().model?.name).toBe("encoder");
  expect(state().text).toBe("The cast is charming.");
  expect(tokens(state().shown?.result)).toBe("[CLS] the cast is charming . [SEP]");
  expect(state().shown?.scores).toHaveLength(24);
  expect(state()).toMatchObject({ stale: false, running: null, loading: null, failure: null, site: 4 });
  expect(state().heads).toEqual([0, 1, 2, 3]);
});

test("restores a link", async () => {
  const { state, actions } = workspace();
  await actions.start("#model=decoder&text=A+b+c&layer=1&heads=0,3,7&pin=1&target=15&against=11&theme=dark&view=model");
  expect(state()).toMatchObject({
    site: 1,
    heads: [0, 3, 7],
    pinned: { side: "query", index: 1 },
    theme: "dark",
    view: "model",
    notices: [],
  });
  expect(state().shown?.result.target).toMatchObject({ index: 15, against: 11 });
});

test("says what a link wants that the model hasn't got, and shows the rest", async () => {
  const { state, actions } = workspace();
  await actions.start("#model=encoder&layer=40&heads=1,90&pin=500&open=3.50&target=HAPPY");
  const told = state().notices.join(" ");
  for (const part of ["layer 40", "head 90", "position 500", "3.50", "HAPPY"]) expect(told).toContain(part);
  expect(state()).toMatchObject({ site: 4, heads: [1], pinned: null, open: null });
  expect(state().shown?.origin).toBe("live");
});

test("opens a model that ships where the link names one that doesn't", async () => {
  const { state, actions } = workspace();
  await actions.start("#model=nothing");
  expect(state().model?.name).toBe("encoder");
  expect(state().notices.join()).toContain("nothing");
});

test("a class can be named by its label", async () => {
  const { state, actions } = workspace();
  await actions.start("#model=encoder&target=negative&against=POSITIVE");
  expect(state().shown?.result.target).toMatchObject({ index: 0, against: 1 });
});

test("typing shows tokens first, runs once, and dims the old result until then", async () => {
  const held = gates("run");
  let runs = 0;
  const { state, actions } = workspace({}, (call) => {
    if (call === "run") runs++;
    return held.gate(call);
  });
  const started = actions.start("");
  await vi.advanceTimersByTimeAsync(0);
  await held.release();
  await started;

  actions.setText("One");
  actions.setText("One two");
  await vi.advanceTimersByTimeAsync(60);
  expect(state().typed?.tokens).toEqual(["[CLS]", "one", "two", "[SEP]"]);
  expect(tokens(state().shown?.result)).toContain("charming");
  expect(state()).toMatchObject({ stale: true, running: null });
  await vi.advanceTimersByTimeAsync(300);
  expect(state().running).not.toBeNull();
  expect(runs).toBe(2);
  await held.release();
  expect(tokens(state().shown?.result)).toBe("[CLS] one two [SEP]");
  expect(state()).toMatchObject({ stale: false, running: null });
});

test("an older run that ends late changes nothing", async () => {
  const held = gates("run");
  const { state, actions } = workspace({}, held.gate);
  const started = actions.start("");
  await vi.advanceTimersByTimeAsync(0);
  await held.release();
  await started;

  actions.setText("first");
  await vi.advanceTimersByTimeAsync(300);
  actions.setText("second");
  await vi.advanceTimersByTimeAsync(300);
  expect(held.waiting).toBe(2);
  await held.release(1);
  expect(tokens(state().shown?.result)).toBe("[CLS] second [SEP]");
  await held.release(0);
  expect(tokens(state().shown?.result)).toBe("[CLS] second [SEP]");
  expect(state().stale).toBe(false);
});

test("a newer model wins over one that is still on its way", async () => {
  const held = gates("load");
  const { state, actions } = workspace({}, held.gate);
  const first = actions.open({ kind: "hub", id: "a/b" });
  const second = actions.open({ kind: "shipped", id: "decoder" });
  await vi.advanceTimersByTimeAsync(0);
  await held.release(1);
  await held.release(0);
  await Promise.all([first, second]);
  expect(state().model?.name).toBe("decoder");
  expect(state().loading).toBeNull();
});

test("keeps a typed text for the next model, but not another model's example", async () => {
  const { state, actions } = workspace();
  await actions.start("");
  await actions.open({ kind: "shipped", id: "decoder" });
  expect(state().text).toBe("When Mary and John went");
  actions.setText("My own words");
  await actions.open({ kind: "shipped", id: "encoder" });
  expect(state().text).toBe("My own words");
});

test("a failure stays with its code, a stopped load is told, and both can be tried again", async () => {
  let answer: Error = new ExplainerError({ code: "truncated", message: "truncated: model.onnx" });
  const { state, actions } = workspace({
    load: async () => {
      throw answer;
    },
  });
  await actions.open({ kind: "shipped", id: "encoder" });
  expect(state().failure).toEqual({ code: "truncated", message: "truncated: model.onnx" });
  answer = new ExplainerError({ code: "cancelled", message: "cancelled" });
  await actions.retry();
  expect(state().failure).toBeNull();
  expect(state().notices.join()).toContain("you stopped it");
  answer = new Error("what?");
  await actions.retry("wasm");
  expect(state().failure).toEqual({ code: "internal", message: "what?" });
  expect(state().device).toBe("wasm");
});

test("the model before stays until the next one is there, and when it fails", async () => {
  const held = gates("load");
  const { state, actions } = workspace({}, held.gate);
  const started = actions.start("");
  await vi.advanceTimersByTimeAsync(0);
  await held.release();
  await started;
  const before = state().shown;
  const opening = actions.open({ kind: "shipped", id: "decoder" });
  await vi.advanceTimersByTimeAsync(0);
  expect(state()).toMatchObject({ model: { name: "encoder" }, next: { id: "decoder" } });
  expect(state().shown).toBe(before);
  await held.release();
  await opening;
  expect(state()).toMatchObject({ model: { name: "decoder" }, next: null, source: { id: "decoder" } });

  let fail = false;
  const failing = workspace({
    load: async (...call) => {
      if (fail) throw new ExplainerError({ code: "network", message: "no answer" });
      return syntheticExplainer(() => encoder).load(...call);
    },
  });
  await failing.actions.start("");
  fail = true;
  await failing.actions.open({ kind: "hub", id: "a/b" });
  expect(failing.state()).toMatchObject({
    model: { name: "encoder" },
    next: { id: "a/b" },
    failure: { code: "network" },
  });
  failing.actions.setText("One");
  await vi.advanceTimersByTimeAsync(300);
  expect(failing.state()).toMatchObject({ next: null, source: { kind: "shipped" } }); // the page is about that again
});

test("a failed run keeps what was shown", async () => {
  const { state, actions } = workspace();
  await actions.start("");
  const failing = workspace({
    run: async () => {
      throw new ExplainerError({ code: "too-long", message: "too long: 600 tokens, at most 512" });
    },
  });
  await failing.actions.start("");
  expect(failing.state()).toMatchObject({ running: null, failure: { code: "too-long" } });
  expect(state().shown).not.toBeNull();
});

test("ids are typed for a model without a tokenizer", async () => {
  const { state, actions } = workspace();
  await actions.openFiles([]);
  expect(state()).toMatchObject({ shown: null, failure: null });
  actions.setIds("101, 7  9");
  await vi.advanceTimersByTimeAsync(300);
  expect(state().shown?.result.encoding.ids).toEqual([101, 7, 9]);
});

test("heads toggle, isolate and come back; the last stays on", async () => {
  const { state, actions } = workspace();
  await actions.start("");
  actions.toggleHead(1);
  expect(state().heads).toEqual([0, 2, 3]);
  actions.isolateHead(1);
  expect(state()).toMatchObject({ heads: [1], head: 1 });
  actions.toggleHead(1);
  expect(state().heads).toEqual([1]);
  actions.toggleHead(3);
  expect(state().heads).toEqual([1, 3]);
  actions.isolateHead(3);
  actions.isolateHead(3);
  expect(state().heads).toEqual([0, 1, 2, 3]);
  actions.setHeads([]);
  expect(state().heads).toEqual([0, 1, 2, 3]);
});

test("layers stop at the ends, and keep the heads that are on", async () => {
  const { state, actions } = workspace();
  await actions.start("");
  actions.setHeads([1, 2]);
  actions.stepLayer(1);
  actions.stepLayer(1);
  expect(state()).toMatchObject({ site: 5, heads: [1, 2] });
  actions.stepLayer(-20);
  expect(state().site).toBe(5);
});

test("pins toggle, follow their token, and go with it", async () => {
  const { state, actions } = workspace();
  await actions.start("");
  actions.pin({ side: "query", index: 4 });
  actions.pin({ side: "query", index: 4 });
  expect(state().pinned).toBeNull();
  actions.pin({ side: "query", index: 4 });
  actions.setText("Oh, the cast is charming.");
  await vi.advanceTimersByTimeAsync(300);
  expect(state().pinned).toEqual({ side: "query", index: 6 });
  actions.setText("Oh, the cast.");
  await vi.advanceTimersByTimeAsync(300);
  expect(state().pinned).toBeNull();
});

test("rows are walked by words where words are merged", async () => {
  const { state, actions } = workspace();
  await actions.start("#text=so+underwritten+here");
  actions.toggleWords();
  actions.moveToken(1);
  actions.moveToken(1);
  actions.moveToken(1);
  actions.moveToken(1);
  expect(state().hovered).toEqual({ side: "query", index: 4 });
  actions.pinHovered();
  actions.moveToken(-1);
  expect(state()).toMatchObject({ pinned: { index: 2 }, hovered: { index: 4 } });
});

test("Escape stops what runs, then unpins, then closes the open head", async () => {
  const held = gates("run");
  let cancelled = 0;
  const { state, actions } = workspace(
    {
      cancel: async () => {
        cancelled++;
      },
    },
    held.gate,
  );
  const started = actions.start("");
  await vi.advanceTimersByTimeAsync(0);
  await held.release();
  await started;
  actions.openHead({ site: 1, head: 1 });
  actions.pin({ side: "query", index: 1 });
  void actions.run();
  actions.escape();
  expect(cancelled).toBe(1);
  expect(state()).toMatchObject({ running: null, pinned: { index: 1 } });
  actions.escape();
  expect(state()).toMatchObject({ pinned: null, open: { site: 1 } });
  actions.escape();
  expect(state().open).toBeNull();
});

test("the grid is walked without leaving it", async () => {
  const { state, actions } = workspace();
  await actions.start("");
  actions.moveOpen(1, 0);
  expect(state().open).toEqual({ site: 0, head: 0 });
  actions.moveOpen(-1, 0);
  actions.moveOpen(0, 9);
  actions.moveOpen(1, 0);
  expect(state().open).toEqual({ site: 5, head: 1 });
  actions.openHead({ site: 5, head: 1 });
  expect(state().open).toBeNull();
});

test("a link that is opened later changes what is looked at without a run", async () => {
  let runs = 0;
  const { state, actions } = workspace({}, async (call) => {
    if (call === "run") runs++;
  });
  await actions.start("");
  await actions.follow("#model=encoder&layer=2&heads=3&view=model");
  expect(state()).toMatchObject({ site: 2, heads: [3], view: "model" });
  expect(runs).toBe(1);
  await actions.follow("#model=encoder&text=Other+words");
  expect(tokens(state().shown?.result)).toBe("[CLS] other words [SEP]");
});

test("a view keeps its own state, and a link brings it back", async () => {
  const { state, actions } = workspace();
  await actions.start("#view=neuron&layer=2&head=3&order=weight");
  expect(state()).toMatchObject({ view: "neuron", site: 2, head: 3, notices: [] });
  expect(state().own.neuron).toEqual({ dimensions: "model", keys: "weight", vectors: true, key: null });
  actions.change("neuron", { keys: "text", dimensions: "contribution" });
  actions.stepLayer(1);
  expect(state()).toMatchObject({ site: 3, head: 3 });
  expect(writeLink(linkOf(state()))).toMatch(/layer=3&head=3&dims=contribution$/);
  await actions.follow("#view=neuron&head=9");
  expect(state()).toMatchObject({ head: 3, notices: ["There is no head 9: layer 3 has 4, counted from 0."] });
});
