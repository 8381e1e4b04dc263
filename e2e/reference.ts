import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { folderOf } from "../src/cli/folder";
import { createNodeSession } from "../src/cli/session";
import { readTarget } from "../src/explain/candidates";
import { modelFilesOf, readJson, readModel } from "../src/explain/conformance/folder";
import { openEngine } from "../src/explain/engine";
import type { PlausibilityResult } from "../src/explain/marks";
import type { ConsistencyResult } from "../src/explain/paraphrases";
import type { Candidate, Target } from "../src/explain/target";
import { spell } from "../src/store/units";
import type { Encoding } from "../src/text/encoding";
import { createTokenizer, type Tokenizer } from "../src/text/tokenizer";

/** What the engine says of a text under Node, where no browser had a hand in it. */
export interface Reference {
  readonly encoding: Encoding;
  readonly target: Target;
  readonly candidates: readonly Candidate[];
  readonly layers: number;
  readonly heads: number;
  /** Of one head: [tokens, tokens]. */
  weights(layer: number, head: number): Float32Array;
}

export async function tokenizerOf(path: string): Promise<Tokenizer> {
  const folder = folderOf(path);
  return createTokenizer(await readJson(folder, "tokenizer.json"), await readJson(folder, "tokenizer_config.json"));
}

/** Runs a model of this machine on a text, and reads all of its attention. */
export async function explainText(path: string, text: string, pair?: string): Promise<Reference> {
  const folder = folderOf(path);
  const files = modelFilesOf(folder);
  const engine = await openEngine(
    await readModel(folder, files.find((file) => file.endsWith("/model.onnx")) ?? files[0]!),
    createNodeSession,
  );
  try {
    const tokenizer = await tokenizerOf(path);
    const trace = await engine.run(tokenizer.encode(text, pair));
    const tokens = trace.encoding.ids.length;
    const attention: Float32Array[] = [];
    for (const { index } of trace.sites) attention.push((await trace.attention(index)).data as Float32Array);
    const vocabulary = { token: (id: number) => tokenizer.token(id), mask: tokenizer.special.mask };
    return {
      encoding: trace.encoding,
      ...readTarget(engine, trace, null, vocabulary),
      layers: engine.layers,
      heads: engine.heads,
      weights: (layer, head) => attention[layer]!.subarray(head * tokens * tokens, (head + 1) * tokens * tokens),
    };
  } finally {
    await engine.release();
  }
}

/** Tokens as the columns of Heads write them. */
export const rowsOf = ({ tokens }: Encoding): string[] =>
  tokens.map((token) => {
    const { mark, label } = spell(token);
    return mark + label;
  });

/** Tokens as the chips write them: joined subwords without their mark. */
export const chipsOf = ({ tokens }: Encoding): string[] => tokens.map((token) => spell(token).label);

/** Weights of one head with the special tokens left out as keys and each row divided by the rest: [tokens, tokens]. */
export function withoutSinks({ encoding, weights }: Reference, layer: number, head: number): Float32Array {
  const { length } = encoding.ids;
  const kept = weights(layer, head).map((weight, i) => (encoding.special[i % length] ? 0 : weight));
  return kept.map((weight, i) => {
    const from = i - (i % length);
    return weight / kept.subarray(from, from + length).reduce((a, b) => a + b, 0);
  });
}

/** Rows of a CSV file, by the names of its columns. */
export function readCsv(data: Buffer): Record<string, string>[] {
  const rows = data
    .toString()
    .split("\r\n")
    .slice(0, -1)
    .map((line) =>
      [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) =>
        quoted === undefined ? plain! : quoted.replaceAll('""', '"'),
      ),
    );
  const [header, ...body] = rows;
  return body.map((row) => Object.fromEntries(header!.map((name, i) => [name, row[i]!])));
}

/** What the command line prints of each method. */
export interface Printed {
  readonly model: { readonly sha256: string };
  readonly methods: readonly {
    readonly id: string;
    readonly values: readonly number[];
    readonly passes: { readonly forward: number; readonly backward: number };
    readonly completeness?: { readonly expected: number; readonly sum: number };
  }[];
  readonly plausibility?: PlausibilityResult;
  readonly consistency?: ConsistencyResult;
}

/** `npm run explain` of a model of this machine. */
export async function onTheCommandLine(folder: string, text: string, ...words: readonly string[]): Promise<Printed> {
  const given = ["tsx", "src/cli/explain.ts", folder, "--text", text, ...words, "--json"];
  const { stdout } = await promisify(execFile)("npx", given, { maxBuffer: 1 << 26 });
  return JSON.parse(stdout);
}
