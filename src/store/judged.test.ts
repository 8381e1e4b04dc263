import { expect, test } from "vitest";
import { ExplainerError } from "../worker/protocol";
import { marksOf } from "./slices/compare";
import { createWorkspace } from "./store";
import { syntheticExplainer } from "./testing/synthetic";
import { linkOf, readLink, writeLink } from "./url";

const row = {
  ...{ id: "small", name: "small", description: "", architecture: "", task: "text-classification" },
  ...{ layers: 2, heads: 2, precision: "fp32", bytes: 1, maxTokens: 512, examples: [] },
};

function workspace(over: (explainer: ReturnType<typeof syntheticExplainer>) => object = () => ({})) {
  const explainer = syntheticExplainer(() => ({ name: "small", layers: 2, heads: 2, family: "encoder" }));
  const assets = { catalog: async () => ({ models: [row] }), examples: async () => [] };
  const { store, actions } = createWorkspace({ ...explainer, ...over(explainer) }, assets);
  const marks = () => marksOf(store.getState().own.compare, store.getState().shown!.result.encoding);
  return { state: store.getState, actions, marks };
}

test("marks are toggled, are of their text, and go with another", async () => {
  const { state, actions, marks } = workspace();
  await actions.start("#model=small&text=a+clever+film");
  actions.mark([2]);
  actions.mark([1]);
  expect(marks()).toEqual([1, 2]);
  actions.mark([1, 2]); // both have it
  expect(marks()).toEqual([]);
  actions.mark([3]);
  actions.setText("another one entirely");
  expect(marks()).toEqual([3]); // what is shown is still the text before
  await actions.run();
  expect(marks()).toEqual([]);
  expect(state().own.compare).toMatchObject({ marked: [], markedOf: null });
  actions.mark([2]);
  actions.clearMarks();
  expect(marks()).toEqual([]);
});

test("a link carries marks and short paraphrases, and says of a mark that the text is too short for", async () => {
  const { state, actions, marks } = workspace();
  await actions.start("#model=small&text=a+clever+film&marked=2,40&paraphrases=a+bright+film%0A%0Aclever+film");
  expect(marks()).toEqual([2]);
  expect(state().own.compare.paraphrases).toEqual(["a bright film", "clever film"]);
  expect(state().notices).toEqual(["There is no token at position 40: the text has 5."]);
  const { link, notices } = readLink(writeLink(linkOf(state())));
  expect(notices).toEqual([]);
  expect(link.own?.compare).toMatchObject({ marked: [2], paraphrases: ["a bright film", "clever film"] });

  actions.change("compare", { paraphrases: ["word ".repeat(100)] });
  expect(writeLink(linkOf(state()))).not.toContain("paraphrases");
  expect(readLink("marked=1,x").notices).toHaveLength(1);
});

test("paraphrases are run once as methods are set, and again when something changes", async () => {
  const asked: object[] = [];
  const { state, actions } = workspace((explainer) => ({
    consistency: (...given: Parameters<typeof explainer.consistency>) => {
      asked.push(given[0]);
      return explainer.consistency(...given);
    },
  }));
  await actions.start("#model=small&text=a+clever+film");
  await actions.compareParaphrases(["random"]);
  expect([asked.length, state().paraphrasing]).toEqual([0, null]); // none was given
  actions.change("compare", { paraphrases: ["this film is not clever", "a clever film it is"] });
  await actions.compareParaphrases(["random", "leave-one-out"]);
  await actions.compareParaphrases(["random", "leave-one-out"]);
  expect(asked).toHaveLength(1);
  expect(asked[0]).toMatchObject({ seed: 0, methods: [{ id: "random" }, { id: "leave-one-out" }] });
  expect(state().paraphrasing).toMatchObject({
    status: "done",
    result: { answers: [{ samePrediction: false }, { samePrediction: true }] },
  });
  await actions.compareParaphrases(["random"]);
  expect(asked).toHaveLength(2);
  actions.setSeed(3);
  expect(state().paraphrasing).toBeNull();
});

test("what can't be asked of paraphrases is told; what was stopped leaves nothing", async () => {
  let failure: ConstructorParameters<typeof ExplainerError>[0] = { code: "bad-input", message: "no paraphrases: here" };
  const { state, actions } = workspace(() => ({
    consistency: async () => {
      throw new ExplainerError(failure);
    },
  }));
  await actions.start("#model=small&text=a+clever+film&paraphrases=b");
  await actions.compareParaphrases(["random"]);
  expect(state().paraphrasing).toMatchObject({ status: "failed", failure: { message: "no paraphrases: here" } });
  failure = { code: "cancelled", message: "cancelled" };
  await actions.compareParaphrases(["random"]);
  expect(state().paraphrasing).toBeNull();
});
