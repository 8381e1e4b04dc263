import { parseArgs } from "node:util";
import type { Attribution, Method, MethodContext, Options } from "../explain/attribution";
import { defaultPosition } from "../explain/candidates";
import { attribute } from "../explain/explain";
import { measureFaithfulness } from "../explain/faithfulness";
import { measurePlausibility } from "../explain/marks";
import { methodOf, methods } from "../explain/methods";
import { measureConsistency, targetOfParaphrases, wordOf } from "../explain/paraphrases";
import { type Failure, type Result, resultOf } from "../explain/result";
import type { Target } from "../explain/target";
import type { UnitKind } from "../explain/unit";
import { csvOf, tableOf } from "./explain-print";
import { contextOfImage, openImageModel, readImage } from "./image-model";
import { optionsOf } from "./options";
import { contextOf, openTextModel, type Question, type TextModel } from "./text-model";

const usage = `npm run explain -- MODEL_DIR --text T | --image FILE.png --method ID... | --method all
  [--pair T] [--target T] [--against T] [--position N] [--as logit|log-probability|probability]
  [--unit token|word] [--seed N] [--option [METHOD.]NAME=VALUE]... [--metrics] [--marked POSITION|WORD,...]
  [--paraphrase T]... [--file NAME] [--json | --csv]`;

/**
 * Explains one output by one or more methods: a value a unit of each, how they agree, how faithful they are, how plausible
 * to a person who marked what ought to count, and whether they say the same of paraphrases.
 */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      text: { type: "string" },
      image: { type: "string" },
      pair: { type: "string" },
      method: { type: "string", multiple: true },
      target: { type: "string" },
      against: { type: "string" },
      position: { type: "string" },
      as: { type: "string" },
      unit: { type: "string", default: "token" },
      seed: { type: "string", default: "0" },
      option: { type: "string", multiple: true },
      metrics: { type: "boolean" },
      marked: { type: "string", multiple: true },
      paraphrase: { type: "string", multiple: true },
      file: { type: "string" },
      json: { type: "boolean" },
      csv: { type: "boolean" },
    },
  });
  // Methods may be given one after the other behind a single --method.
  const [path, ...more] = positionals;
  const ids = [...(values.method ?? []), ...more].flatMap((m) => m.split(","));
  const given = values.text ?? values.image;
  if (!path || given === undefined || (values.text !== undefined && values.image !== undefined) || ids.length === 0)
    throw new Error(`${usage}\nmethods: ${methods.map((m) => m.id).join(", ")}`);
  const chosen = ids.includes("all") ? methods : ids.map(methodOf);
  const settings = optionsOf(values.option ?? [], chosen);
  const unit = oneOf<UnitKind>("unit", values.unit, ["token", "word"]);
  const seed = Number(values.seed);
  const as =
    values.as && oneOf<NonNullable<Target["as"]>>("as", values.as, ["logit", "log-probability", "probability"]);
  const targetFor = (outputIndex: (name: string) => number): Partial<Target> => ({
    ...(values.target === undefined ? {} : { index: outputIndex(values.target) }),
    ...(values.against === undefined ? {} : { against: outputIndex(values.against) }),
    ...(values.position === undefined ? {} : { position: Number(values.position) }),
    ...(as ? { as } : {}),
  });
  const asked = async () => {
    if (values.image !== undefined) {
      const image = await readImage(values.image);
      const model = await openImageModel(path, values.file);
      const run = () => contextOfImage(model, { image, seed, target: targetFor(model.outputIndex) });
      return { model, run, phrased: null };
    }
    const model = await openTextModel(path, values.file);
    const question = (): Question => ({
      ...{ text: given, pair: values.pair, unit, seed },
      target: targetFor(model.outputIndex),
    });
    const phrased = (paraphrases: readonly string[]) => consistencyOf(model, question(), paraphrases, chosen, settings);
    return { model, run: () => contextOf(model, question()), phrased };
  };
  if (values.image !== undefined && values.paraphrase) throw new Error("bad --paraphrase: an image has none");
  const { model, run, phrased } = await asked();
  try {
    const { context, candidates, ms } = await run();
    const marked = (values.marked ?? []).flatMap((m) => m.split(",")).flatMap((m) => markedTokens(m, context));
    const attributions: Attribution[] = [];
    const failures: Failure[] = [];
    for (const [i, method] of chosen.entries()) {
      try {
        attributions.push(await attribute(method, context, settings[i], () => performance.now()));
      } catch (error) {
        failures.push({ id: method.id, message: error instanceof Error ? error.message : String(error) });
      }
    }
    const faithfulness = values.metrics ? await measureFaithfulness(context, attributions) : undefined;
    const consistency = values.paraphrase && phrased ? await phrased(values.paraphrase) : undefined;
    const result: Result = resultOf({
      encoding: context.trace.encoding,
      target: context.target,
      candidates,
      ms,
      seed,
      attributions,
      failures,
      ...(faithfulness ? { faithfulness } : {}),
      ...(marked.length > 0 ? { plausibility: measurePlausibility(attributions, marked) } : {}),
      ...(consistency ? { consistency } : {}),
    });
    const { name, file, sha256 } = model;
    const whole = { type: "result", model: { name, file, sha256 }, units: context.units, ...result };
    if (values.json) console.log(JSON.stringify(whole, null, 2));
    else if (values.csv) console.log(csvOf(result));
    else console.log(tableOf(name, result));
    for (const { id, message } of failures) console.error(`${id}: ${message}`);
    if (failures.length > 0) process.exitCode = 1;
  } finally {
    await model.close();
  }
}

/** Tokens by their position, or those of every unit that reads so, case aside. */
function markedTokens(mark: string, { units, trace: { encoding } }: MethodContext): readonly number[] {
  if (/^\d+$/.test(mark.trim())) return [Number(mark)];
  const wanted = mark.trim().toLowerCase();
  const found = units.filter(({ tokens }) => wordOf(encoding, tokens).toLowerCase() === wanted);
  if (found.length === 0) throw new Error(`bad --marked: ${mark}; no position and no unit of the text`);
  return found.flatMap(({ tokens }) => tokens);
}

/** The methods, as they are set, on the text and its paraphrases, by words. */
async function consistencyOf(
  model: TextModel,
  question: Question,
  paraphrases: readonly string[],
  methods: readonly Method[],
  settings: readonly Options[],
): Promise<Result["consistency"]> {
  const text = await contextOf(model, { ...question, unit: "word" });
  const { target, trace, engine } = text.context;
  const usual = defaultPosition(model.engine, trace, model.tokenizer.special.mask);
  const same = targetOfParaphrases(engine.task, target, usual);
  const others = [];
  for (const other of paraphrases)
    others.push(await contextOf(model, { ...question, text: other, unit: "word", target: same }));
  const pairs = methods.map((method, i): [Method, Options] => [method, settings[i]]);
  return { paraphrases, ...(await measureConsistency(text, others, pairs, () => performance.now())) };
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
