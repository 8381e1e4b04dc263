import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import type { Method } from "../explain/attribution";
import { methodOf, methods } from "../explain/methods";
import { modeOf } from "../explain/modes";
import { randomOf } from "../explain/random";
import type { UnitKind } from "../explain/unit";
import { nodeSessions } from "./session";
import { type Measurement, measure, processorTime } from "./study/measure";
import { plotOf } from "./study/plot";
import { summaryOf } from "./study/summary";
import { markdownOf } from "./study/table";
import { contextOf, machine, openTextModel, type TextModel } from "./text-model";

const usage = `npm run study -- MODEL_DIR --texts FILE [--count 100] [--seed 0] [--unit word|token] [--method ID,...]
  [--few METHOD=COUNT,...] [--orders 10] [--record FILE] [--out DIR] [--source WORDS] [--summary]`;

/** A line of the texts: the text, and its label where a tab and a label follow. */
interface Text {
  readonly text: string;
  readonly label: string | null;
}

/** Measures methods on texts, one after the other; what was measured before is read from the record and not run again. */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      texts: { type: "string" },
      count: { type: "string", default: "100" },
      seed: { type: "string", default: "0" },
      unit: { type: "string", default: "word" },
      method: { type: "string" },
      few: { type: "string", default: "" },
      orders: { type: "string", default: "10" },
      record: { type: "string" },
      out: { type: "string", default: join("docs", "study") },
      source: { type: "string", default: "a file of the reader's" },
      summary: { type: "boolean" },
    },
  });
  const [path] = positionals;
  if (!path || !(values.texts || values.summary)) throw new Error(usage);
  const name = basename(resolve(path));
  const record = values.record ?? join(".cache", "study", `${name}.jsonl`);
  const report = () => {
    const summary = summaryOf(readRecord(record));
    const about = {
      model: name,
      unit: values.unit,
      orders: Number(values.orders),
      source: values.source,
      machine: machine(),
    };
    mkdirSync(values.out, { recursive: true });
    writeFileSync(join(values.out, `${name}.md`), markdownOf(summary, about, `${name}.svg`));
    writeFileSync(
      join(values.out, `${name}.svg`),
      plotOf(summary, `${name}: what methods are worth over random removal`),
    );
    console.log(`${summary.texts} texts, ${summary.methods.length} methods: ${join(values.out, `${name}.md`)}`);
  };
  // Without texts: what the record holds.
  if (!values.texts) return report();
  const chosen = values.method ? values.method.split(",").map(methodOf) : methods;
  const few = new Map(
    values.few
      .split(",")
      .filter(Boolean)
      .map((pair): [string, number] => {
        const [id, count] = pair.split("=");
        return [methodOf(id).id, Number(count)];
      }),
  );
  const texts = drawTexts(readTexts(values.texts), Number(values.count), Number(values.seed));
  const model = await openTextModel(path, undefined, nodeSessions(1), {
    modes: (["gradient", "attn-lrp", "cp-lrp", "epsilon-lrp", "gamma-lrp", "lrp-0", "deeplift"] as const).map(modeOf),
  });
  mkdirSync(dirname(record), { recursive: true });
  const done = readRecord(record);
  try {
    // The methods that run on all texts first, then those that run on a few.
    for (const round of ["all", "few"] as const) {
      for (const [i, text] of texts.entries()) {
        const wanted = chosen
          .filter((m) => (few.has(m.id) ? round === "few" && i < (few.get(m.id) as number) : round === "all"))
          .filter((m) => !done.some((d) => d.text === i && hasBeen(d, m.id)));
        if (wanted.length === 0) continue;
        const measured = await measureText(model, text, i, {
          methods: wanted,
          orders: round === "all" ? Number(values.orders) : 0,
          unit: values.unit as UnitKind,
        });
        appendFileSync(record, `${JSON.stringify(measured)}\n`);
        console.log(`${round} ${i + 1}/${texts.length}: ${measured.units} units, ${wanted.length} methods`);
      }
    }
  } finally {
    await model.close();
  }
  report();
}

const hasBeen = ({ methods: found, failures }: Measurement, id: string): boolean =>
  found.some((m) => m.method === id) || failures.some((f) => f.method === id);

async function measureText(
  model: TextModel,
  { text, label }: Text,
  index: number,
  asked: { methods: readonly Method[]; orders: number; unit: UnitKind },
): Promise<Measurement> {
  const { context } = await contextOf(model, { text, target: {}, unit: asked.unit, seed: index }, processorTime);
  const right = label === null ? null : context.target.index === model.outputIndex(label);
  return { text: index, right, ...(await measure(model.engine, context, asked.methods, asked.orders)) };
}

/** @throws Error for an empty file */
function readTexts(path: string): Text[] {
  const texts = readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line): Text => {
      const [text, label] = line.split("\t");
      return { text, label: label ?? null };
    });
  if (texts.length === 0) throw new Error(`no text: ${path} is empty`);
  return texts;
}

/** So many of the texts, all equally likely. */
const drawTexts = (texts: readonly Text[], count: number, seed: number): Text[] =>
  randomOf(seed)
    .permutation(texts.length)
    .slice(0, count)
    .map((i) => texts[i]);

function readRecord(path: string): Measurement[] {
  if (!existsSync(path)) return [];
  return readFileSync(path, "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Measurement);
}

main().catch((error) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
