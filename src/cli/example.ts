import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readTarget } from "../explain/candidates";
import { modelFilesOf, readJson, readModel } from "../explain/conformance/folder";
import { openEngine } from "../explain/engine";
import { inductionScores, scoresOf } from "../explain/scores";
import { writeExample } from "../store/example";
import { toHalf } from "../tensor/half";
import { createTokenizer } from "../text/tokenizer";
import { folderOf } from "./folder";
import { createNodeSession } from "./session";

interface Listed {
  readonly models: readonly {
    readonly id: string;
    readonly name: string;
    readonly examples: readonly (string | { readonly text: string; readonly pair?: string; readonly look?: unknown })[];
  }[];
}

/** So many examples of the first shipped model are computed beforehand: the page downloads them before the model. */
const kept = 3;

/**
 * Computes the examples that the page shows while its model is on the way, with the engine that runs there, and writes
 * public/example.json and public/example.bin.
 */
async function main(): Promise<void> {
  const { models } = JSON.parse(readFileSync("models/index.json", "utf8")) as Listed;
  const [model] = models;
  if (!model) throw new Error("no model: models/index.json lists none");
  const folder = folderOf(join("models", model.id));
  const [file] = modelFilesOf(folder);
  const engine = await openEngine(await readModel(folder, file), createNodeSession);
  try {
    const tokenizer = createTokenizer(
      await readJson(folder, "tokenizer.json"),
      await readJson(folder, "tokenizer_config.json"),
    );
    const vocabulary = { token: (id: number) => tokenizer.token(id), mask: tokenizer.special.mask };
    const induction = await inductionScores(engine, tokenizer.vocabSize, tokenizer.special.bos);
    const examples = [];
    for (const listed of model.examples.slice(0, kept)) {
      const { text, pair = null, look = null } = typeof listed === "string" ? { text: listed } : listed;
      const started = performance.now();
      const trace = await engine.run(tokenizer.encode(text, pair ?? undefined));
      const ms = Math.round(performance.now() - started);
      const attention = new Map<number, Uint16Array>();
      for (const { index } of trace.sites)
        attention.set(index, toHalf((await trace.attention(index)).data as Float32Array));
      const result = {
        trace: 0,
        encoding: trace.encoding,
        ...readTarget(engine, trace, null, vocabulary),
        ms,
        memory: null,
      };
      examples.push({ text, pair, look, result, scores: await scoresOf(engine, trace, induction), attention });
    }
    const { layers, heads, sites, family, labels, task } = engine;
    const { json, data } = writeExample({ name: model.name, layers, heads, sites, family, labels, task }, examples);
    writeFileSync("public/example.json", json);
    writeFileSync("public/example.bin", data);
    console.log(`${examples.length} examples of ${model.name}: ${json.length + data.length} bytes`);
  } finally {
    await engine.release();
  }
}

main().catch((error) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
