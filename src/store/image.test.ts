import { expect, test } from "vitest";
import { imageEncoding } from "../image/patches";
import type { Explainer, Input, LoadedModel, RunResult } from "../worker/protocol";
import { createWorkspace } from "./store";
import { type SyntheticModel, syntheticExplainer } from "./testing/synthetic";
import { linkOf, writeLink } from "./url";

const text: SyntheticModel = { name: "encoder", layers: 2, heads: 2, family: "encoder" };
const patches = { rows: 2, columns: 2, height: 4, width: 4, step: [2, 2], first: 1 } as const;
const encoding = imageEncoding(patches, ["[CLS]"], []);

/** A page whose model reads images where its id says so; what was run is kept. */
function workspace() {
  const fake = syntheticExplainer(() => text);
  const given: Input[] = [];
  let vision = false;
  const explainer: Explainer = {
    ...fake,
    async load(source, device, onProgress) {
      const model = await fake.load(source, device, onProgress);
      vision = "id" in source && source.id === "some/vit";
      return vision ? ({ ...model, family: "vision", tokenizer: false, pairs: false } as LoadedModel) : model;
    },
    async run(input, target): Promise<RunResult> {
      given.push(input);
      if (input.kind !== "image") return fake.run(input, target);
      const seen = { name: input.name, original: { width: 9, height: 9 }, width: 4, height: 4 };
      const pixels = new Uint8ClampedArray(64);
      const result = { trace: 1e6 + given.length, encoding, candidates: [], target: { position: null, index: 0 } };
      return { ...result, ms: 1, memory: null, seen: { ...seen, pixels } };
    },
    scores: async () => [],
  };
  const assets = { catalog: async () => ({ models: [] }), examples: async () => [] };
  return { ...createWorkspace(explainer, assets), given };
}
const image = (name: string) => ({ file: new Blob([name]), name });

test("an image runs on a model that reads images, and waits for one where there is none", async () => {
  const { store, actions, given } = workspace();
  await actions.open({ kind: "hub", id: "some/text" });
  actions.setImage(image("a.png"));
  expect(store.getState().notices).toEqual(["a.png is kept for a model that reads images; this one reads text."]);
  await actions.open({ kind: "hub", id: "some/vit" });
  expect(given.at(-1)).toMatchObject({ kind: "image", name: "a.png" });
  expect(store.getState().shown?.result.encoding.patches).toEqual(patches);
  actions.setImage(image("b.png"));
  await actions.run();
  expect(given.at(-1)).toMatchObject({ name: "b.png" });
});

test("a pin is a place of the image, and stays on another one", async () => {
  const { store, actions } = workspace();
  actions.setImage(image("a.png"));
  await actions.open({ kind: "hub", id: "some/vit" });
  actions.pin({ side: "query", index: 3 });
  actions.setImage(image("b.png"));
  await actions.run();
  expect(store.getState().pinned).toEqual({ side: "query", index: 3 });
});

test("a link names the image, and says that it has to be given again", async () => {
  const { store, actions, given } = workspace();
  await actions.start("#model=some/vit&image=cat.png&text=left+over&pin=2");
  expect(given).toEqual([]);
  expect(store.getState().shown).toBeNull();
  expect(store.getState().notices).toEqual(["The link is of cat.png. Links don't carry images: give it again."]);
  expect(writeLink(linkOf(store.getState()))).toContain("image=cat.png");
  actions.setImage(image("dog.png"));
  await actions.run();
  expect(store.getState().pinned).toEqual({ side: "query", index: 2 });
  const link = writeLink(linkOf(store.getState()));
  expect(link).toContain("image=dog.png");
  expect(link).not.toContain("text=");
});
