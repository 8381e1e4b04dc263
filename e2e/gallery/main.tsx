import "@fontsource-variable/inter/wght.css";
import "@fontsource-variable/jetbrains-mono/wght.css";
import "../../src/styles/index.css";
import { createRoot } from "react-dom/client";
import { App } from "../../src/App";
import type { Catalog } from "../../src/store/catalog";
import { readExamples, writeExample } from "../../src/store/example";
import { createWorkspace, type Workspace } from "../../src/store/store";
import { type SyntheticModel, syntheticExplainer } from "../../src/store/testing/synthetic";
import { ExplainerError, type Failure } from "../../src/worker/protocol";

// The whole app over made-up attention, for drawing and for measuring it. Never part of the built app.
// ?layers=12&heads=12&tokens=23&family=encoder, then a link in the fragment. `&load=hold` never finishes loading,
// `&fail=CODE` fails it.

declare global {
  interface Window {
    workspace: Workspace;
  }
}

const asked = new URLSearchParams(location.search);
const number = (name: string, otherwise: number): number => Number(asked.get(name) ?? otherwise);
const family = asked.get("family") === "decoder" ? "decoder" : "encoder";

const model: SyntheticModel = {
  name: family === "encoder" ? "bert-base-sst2" : "gpt2",
  layers: number("layers", 12),
  heads: number("heads", 12),
  family,
  pairs: asked.has("pairs"),
  tokenizer: !asked.has("bare"),
};

const sentence =
  family === "encoder"
    ? "The plot is underwritten and the jokes fall flat, but the cast is so charming I left smiling."
    : "When Mary and John went to the store, John gave a drink to";
const words = sentence.split(" ");
const long = asked.has("tokens")
  ? Array.from({ length: number("tokens", 23) }, (_, i) =>
      words[(i * 7 + (i >> 3)) % words.length]!.replace(/\W/g, ""),
    ).join(" ")
  : sentence;

const row = {
  description: "Tells whether a sentence of a film review praises or pans.",
  architecture: family === "encoder" ? "BERT encoder" : "GPT-2 decoder",
  task: "text-classification",
  layers: model.layers,
  heads: model.heads,
  precision: "fp16",
  maxTokens: 512,
};
const example = (text: string, note: string | null = null) => ({ text, pair: null, note, look: null, compare: null });
const catalog: Catalog = {
  models: [
    {
      ...row,
      id: "reviews",
      name: model.name,
      bytes: 218.6e6,
      examples: [
        example(long, "Contrast: but turns the judgement"),
        example("Not a single scene is dull."),
        example("I expected a masterpiece and got a shrug."),
      ],
    },
    { ...row, id: "small", name: "bert-small-sst2", bytes: 27e6, layers: 4, heads: 8, examples: [] },
  ],
};

const made = syntheticExplainer(() => model);
const fails = asked.get("fail") as Failure["code"] | null;

async function examples() {
  const explainer = syntheticExplainer(() => model);
  const loaded = await explainer.load({ kind: "shipped", id: "reviews" }, "auto", () => {});
  const texts = catalog.models[0]!.examples.map(({ text }) => text);
  const written = await Promise.all(
    texts.map(async (text) => {
      const result = await explainer.run({ kind: "text", text }, null);
      const slices = await Promise.all(loaded.sites.map(({ index }) => explainer.attention(result.trace, index, [])));
      return {
        text,
        look: { layer: 8, heads: [3, 5, 6, 8, 10] },
        result,
        scores: await explainer.scores(result.trace),
        attention: new Map(slices.map(({ site, data }) => [site, data])),
      };
    }),
  );
  const { json, data } = writeExample(loaded, written);
  return readExamples(JSON.parse(json), data.slice().buffer as ArrayBuffer);
}

const workspace = createWorkspace(
  {
    ...made,
    async load(source, device, onProgress) {
      if (fails)
        throw new ExplainerError({
          code: fails,
          message: "unsupported operator: Einsum (/encoder/layer.0/attn/Einsum)",
          node: { name: "/encoder/layer.0/attn/Einsum", opType: "Einsum" },
          nodes: Array.from({ length: 6 }, (_, i) => `/encoder/layer.${i}/attn/Einsum`),
        });
      if (asked.get("load") === "hold") {
        let done = 120e6;
        const tell = () =>
          onProgress({
            label: "Downloading model",
            done,
            total: 218.6e6,
            unit: "bytes",
            parts: [
              { label: "Configuration, tokenizer", done: 0.7e6, total: 0.7e6 },
              { label: "Weights, fp16", done: done - 0.7e6, total: 217.9e6 },
              { label: "Prepare for WebGPU", done: 0, total: null },
            ],
          });
        tell();
        const timer = setInterval(() => {
          done = Math.min(137.9e6, done + 1.8e6);
          tell();
          if (done >= 137.9e6) clearInterval(timer);
        }, 200);
        return new Promise(() => {});
      }
      return made.load(source, device, onProgress);
    },
  },
  {
    catalog: async () => catalog,
    examples: async () => (asked.get("load") === "hold" || fails ? examples() : []),
  },
);
window.workspace = workspace;
void workspace.actions.start(location.hash);
createRoot(document.getElementById("root")!).render(<App workspace={workspace} />);
