import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { methods } from "../explain/methods";
import { METHOD_IDS } from "./method-ids";
import { createWorkspace } from "./store";
import { syntheticExplainer } from "./testing/synthetic";
import { linkOf, readLink, writeLink } from "./url";

const row = {
  ...{
    id: "small",
    name: "small",
    description: "",
    architecture: "",
    task: "text-classification",
    layers: 2,
    heads: 2,
  },
  ...{ precision: "fp32", bytes: 1, maxTokens: 512 },
};
const catalog = { models: [{ ...row, examples: [] }] };

function workspace() {
  const explainer = syntheticExplainer(() => ({ name: "small", layers: 2, heads: 2, family: "encoder" }));
  const { store, actions } = createWorkspace(explainer, { catalog: async () => catalog, examples: async () => [] });
  return { state: store.getState, actions };
}

test("a link brings back methods, how they are set, the unit, the seed and the target's scale", async () => {
  const link =
    "model=small&text=a+b+c&view=compare&target=1&against=0&as=probability&unit=word&seed=7&option=raw-attention.layer:mean&method=raw-attention&methods=raw-attention,random";
  const { state, actions } = workspace();
  await actions.start(`#${link}`);
  expect(state()).toMatchObject({
    view: "compare",
    unit: "word",
    seed: 7,
    methodOptions: { "raw-attention": { layer: "mean" } },
    own: { attribution: { method: "raw-attention" }, compare: { methods: ["raw-attention", "random"] } },
    notices: [],
  });
  expect(state().shown?.result.target).toMatchObject({ index: 1, against: 0, as: "probability" });
  const again = readLink(writeLink(linkOf(state())));
  expect(again.notices).toEqual([]);
  expect(again.link).toMatchObject({
    ...{ view: "compare", target: "1", against: "0", as: "probability", unit: "word", seed: 7 },
    options: { "raw-attention": { layer: "mean" } },
  });
});

test("a scale alone leaves what is explained as it would be", async () => {
  const { state, actions } = workspace();
  await actions.start("#model=small&text=a+b+c&as=log-probability");
  expect(state().shown?.result.target).toMatchObject({ index: 1, against: 0, as: "log-probability" });
});

test("what a method doesn't take is told of and left out", async () => {
  const { state, actions } = workspace();
  await actions.start(
    "#model=small&text=a+b&option=raw-attention.layer:0.5&option=raw-attention.depth:3&option=moon.x:1&methods=rollout,moon&seed=x&unit=letter&as=odds",
  );
  expect(state().methodOptions).toEqual({});
  const told = state().notices.join("\n");
  expect(told).toContain("raw-attention: bad option: layer=0.5");
  expect(told).toContain("raw-attention: unknown option: depth");
  expect(told).toContain("option=moon.x:1, which isn't METHOD.OPTION:VALUE");
  expect(told).toContain("methods=rollout,moon, which isn't some of raw-attention, rollout");
  expect(told).toContain("seed=x");
  expect(told).toContain("unit=letter");
  expect(told).toContain("as=odds");
});

test("links can name every method that there is", () => {
  for (const { id } of methods) expect(METHOD_IDS).toContain(id);
  expect(readFileSync("README.md", "utf8")).toContain("`methods=attn-lrp,lime`");
});
