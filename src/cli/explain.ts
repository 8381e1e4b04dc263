import { createHash } from "node:crypto";
import { parseArgs } from "node:util";
import type { Completeness, MethodContext, Options } from "../explain/attribution";
import { readTarget, type Vocabulary } from "../explain/candidates";
import { modelFilesOf, readJson, readModel } from "../explain/conformance/folder";
import { openEngine } from "../explain/engine";
import { attribute } from "../explain/explain";
import { methodOf, methods } from "../explain/methods";
import { passesOf } from "../explain/passes-of";
import { substitutesOf } from "../explain/substitutes";
import type { Target } from "../explain/target";
import { unitsOf } from "../explain/unit";
import { createTokenizer } from "../text/tokenizer";
import { folderOf } from "./folder";
import { createNodeSession } from "./session";

const usage =
  "npm run explain -- MODEL_DIR --text T --method ID... [--pair T] [--target T] [--against T] [--position N] [--file NAME] [--json]";

/** Explains one output by one or more methods and prints a value a token, or the whole result as JSON. */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      text: { type: "string" },
      pair: { type: "string" },
      method: { type: "string", multiple: true },
      target: { type: "string" },
      against: { type: "string" },
      position: { type: "string" },
      file: { type: "string" },
      json: { type: "boolean" },
      option: { type: "string", multiple: true },
    },
  });
  // Methods may be given one after the other behind a single --method.
  const [path, ...more] = positionals;
  const ids = [...(values.method ?? []), ...more].flatMap((m) => m.split(","));
  if (!path || values.text === undefined || ids.length === 0)
    throw new Error(`${usage}\nmethods: ${methods.map((m) => m.id).join(", ")}`);
  const chosen = ids.map(methodOf);
  const folder = folderOf(path);
  const files = modelFilesOf(folder).filter((f) => !values.file || f.endsWith(values.file));
  const file = files.find((f) => f.endsWith("/model.onnx")) ?? files[0];
  if (!file) throw new Error(`no ONNX file: ${path}`);
  const tokenizer = createTokenizer(
    await readJson(folder, "tokenizer.json"),
    await readJson(folder, "tokenizer_config.json"),
  );
  const model = await readModel(folder, file);
  const engine = await openEngine(model, createNodeSession);
  try {
    const started = performance.now();
    const trace = await engine.run(tokenizer.encode(values.text, values.pair));
    const ms = performance.now() - started;
    const vocabulary: Vocabulary = { token: (id) => tokenizer.token(id), mask: tokenizer.special.mask };
    const indexOf = (name: string): number =>
      outputIndex(name, engine.labels, (text) => tokenizer.encode(text, undefined, { special: false }).ids);
    const partial: Partial<Target> = {
      ...(values.target === undefined ? {} : { index: indexOf(values.target) }),
      ...(values.against === undefined ? {} : { against: indexOf(values.against) }),
      ...(values.position === undefined ? {} : { position: Number(values.position) }),
    };
    const { target, candidates } = readTarget(engine, trace, partial, vocabulary);
    const results: MethodResult[] = [];
    const context: MethodContext = {
      engine,
      trace,
      target,
      passes: passesOf(engine),
      units: unitsOf(trace.encoding, "token"),
      substitutes: substitutesOf(tokenizer),
      seed: 0,
      onPartial: () => {},
    };
    for (const method of chosen) {
      const {
        options,
        values: perUnit,
        signed,
        cost,
        completeness,
      } = await attribute(method, context, optionsOf(values.option ?? []), () => performance.now());
      results.push({
        id: method.id,
        options,
        values: perUnit,
        signed,
        passes: { forward: cost.forward, backward: cost.backward },
        ms: cost.ms,
        ...(completeness ? { completeness } : {}),
      });
    }
    const sha256 = createHash("sha256").update(model.model).digest("hex");
    const result = {
      type: "result",
      model: { name: folder.name, file, sha256 },
      encoding: trace.encoding,
      target,
      candidates,
      ms,
      methods: results,
    };
    if (values.json) console.log(JSON.stringify(result, null, 2));
    else {
      const label = candidates.find((c) => c.index === target.index);
      console.log(`${folder.name}: ${label?.label ?? target.index} ${label ? label.probability.toFixed(3) : ""}`);
      console.log(["token", ...results.map((r) => r.id)].join("\t"));
      trace.encoding.tokens.forEach((token, i) => {
        console.log([token, ...results.map((r) => r.values[i].toFixed(4))].join("\t"));
      });
    }
  } finally {
    await engine.release();
  }
}

/** What one method said, as the `result` message has it. */
interface MethodResult {
  readonly id: string;
  readonly options: Options;
  readonly values: readonly number[];
  readonly signed: boolean;
  readonly passes: { readonly forward: number; readonly backward: number };
  readonly ms: number;
  readonly completeness?: Completeness;
}

/** A class by its name, a token by its text, or either by its number. */
function outputIndex(
  name: string,
  labels: readonly string[] | null,
  idsOf: (text: string) => readonly number[],
): number {
  const label = labels?.findIndex((l) => l.toLowerCase() === name.toLowerCase()) ?? -1;
  if (label >= 0) return label;
  if (/^\d+$/.test(name)) return Number(name);
  if (labels) throw new Error(`unknown target: ${name}; known are ${labels.join(", ")}`);
  const ids = idsOf(name);
  if (ids.length !== 1) throw new Error(`unknown target: ${JSON.stringify(name)} is ${ids.length} tokens, not one`);
  return ids[0];
}

/** `layer=3` pairs; numbers and truth values are read as such. */
function optionsOf(pairs: readonly string[]): Options {
  const entries = pairs.map((pair): [string, string | number | boolean] => {
    const [key, ...rest] = pair.split("=");
    const value = rest.join("=");
    return [
      key,
      value === "true" || value === "false"
        ? value === "true"
        : value !== "" && Number.isFinite(Number(value))
          ? Number(value)
          : value,
    ];
  });
  return Object.fromEntries(entries);
}

main().catch((error) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
