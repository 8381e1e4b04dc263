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
import { optionsOf } from "./options";
import { createNodeSession } from "./session";

const usage =
  "npm run explain -- MODEL_DIR --text T --method ID... [--pair T] [--target T] [--against T] [--position N] " +
  "[--as logit|log-probability|probability] [--unit token|word] [--seed N] [--option [METHOD.]NAME=VALUE]... [--file NAME] [--json]";

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
      as: { type: "string", default: "logit" },
      unit: { type: "string", default: "token" },
      seed: { type: "string", default: "0" },
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
  const options = optionsOf(values.option ?? [], chosen);
  const as = oneOf("as", values.as, ["logit", "log-probability", "probability"] as const);
  const unit = oneOf("unit", values.unit, ["token", "word"] as const);
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
      ...(as === "logit" ? {} : { as }),
    };
    const { target, candidates } = readTarget(engine, trace, partial, vocabulary);
    const results: MethodResult[] = [];
    const context: MethodContext = {
      engine,
      trace,
      target,
      passes: passesOf(engine),
      units: unitsOf(trace.encoding, unit),
      substitutes: substitutesOf(tokenizer),
      seed: Number(values.seed),
      onPartial: () => {},
    };
    for (const [i, method] of chosen.entries()) {
      const { cost, ...found } = await attribute(method, context, options[i], () => performance.now());
      results.push({
        id: method.id,
        options: found.options,
        values: found.values,
        signed: found.signed,
        passes: { forward: cost.forward, backward: cost.backward },
        ms: cost.ms,
        ...(found.completeness ? { completeness: found.completeness } : {}),
      });
    }
    const sha256 = createHash("sha256").update(model.model).digest("hex");
    const result = {
      type: "result",
      model: { name: folder.name, file, sha256 },
      encoding: trace.encoding,
      target,
      units: context.units,
      seed: context.seed,
      candidates,
      ms,
      methods: results,
    };
    if (values.json) console.log(JSON.stringify(result, null, 2));
    else {
      const label = candidates.find((c) => c.index === target.index);
      console.log(`${folder.name}: ${label?.label ?? target.index} ${label ? label.probability.toFixed(3) : ""}`);
      console.log([unit, ...results.map((r) => r.id)].join("\t"));
      context.units.forEach(({ tokens }, i) => {
        const text = tokens.map((t) => trace.encoding.tokens[t]).join("");
        console.log([text, ...results.map((r) => r.values[i].toFixed(4))].join("\t"));
      });
      const row = (label: string, of: (r: MethodResult) => string) =>
        console.log([label, ...results.map(of)].join("\t"));
      row("passes", ({ passes }) => `${passes.forward}F + ${passes.backward}B`);
      if (results.some((r) => r.completeness))
        row("sum / expected", ({ completeness: c }) => (c ? `${c.sum.toFixed(4)} / ${c.expected.toFixed(4)}` : "-"));
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

function oneOf<T extends string>(name: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((a) => a === value);
  if (!found) throw new Error(`bad --${name}: ${value}; one of ${allowed.join(", ")}`);
  return found;
}

main().catch((error) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
