import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { encodeModel } from "../../../onnx/encode";
import type { Model } from "../../../onnx/model";
import { distilbert } from "./distilbert";
import { gpt2 } from "./gpt2";

export interface Size {
  readonly vocabulary: number;
  readonly positions: number;
  readonly width: number;
  readonly heads: number;
  readonly layers: number;
  /** Of the random weights. */
  readonly bound?: number;
}

export interface BenchModel {
  readonly model: Model;
  readonly config: Readonly<Record<string, unknown>>;
}

/** As many heads as asked for and next to nothing else; wide weights, so that heads attend to few tokens. */
const heads = (layers: number, heads: number, positions: number) => ({
  name: `${layers} × ${heads} heads`,
  build: () => distilbert({ vocabulary: 2000, positions, width: 8 * heads, heads, layers, bound: 0.3 }),
});

const models = {
  distilbert: {
    name: "DistilBERT-base",
    build: () => distilbert({ vocabulary: 30522, positions: 512, width: 768, heads: 12, layers: 6 }),
  },
  gpt2: {
    name: "GPT-2 small",
    build: () => gpt2({ vocabulary: 50257, positions: 1024, width: 768, heads: 12, layers: 12 }),
  },
  "heads-12x12": heads(12, 12, 128),
  "heads-24x16": heads(24, 16, 512),
};

export type ModelId = keyof typeof models;

export interface WrittenModel {
  readonly id: ModelId;
  readonly name: string;
  /** Where its files are. */
  readonly folder: string;
  /** Of the whole file and of its initializers. */
  readonly bytes: number;
  readonly weightBytes: number;
}

/** Writes a model of its real size as model.onnx and config.json into a folder of its name. */
export function writeModel(root: string, id: ModelId): WrittenModel {
  const { name, build } = models[id];
  const { model, config } = build();
  const file = encodeModel(model);
  const folder = join(root, id);
  mkdirSync(folder);
  writeFileSync(join(folder, "model.onnx"), file);
  writeFileSync(join(folder, "config.json"), JSON.stringify(config));
  let weightBytes = 0;
  for (const { source } of model.graph.initializers.values())
    if (source.kind === "bytes") weightBytes += source.bytes.length;
  return { id, name, folder, bytes: file.length, weightBytes };
}
