import { cotangentOf, gradientMode, switchOf } from "../../autodiff/explaining";
import type { Tap } from "../../graph/anatomy";
import { usedInputs } from "../../graph/prune";
import { toFloat32 } from "../../tensor/half";
import { type Tensor, tensor } from "../../tensor/tensor";
import { type Engine, openEngine, sessionSource } from "../engine";
import { type Batch, feedsOf } from "../feeds";
import type { CreateSession } from "../session";
import { type TargetRows, targetFeeds } from "../target-feeds";
import { type Folder, type Row, readJson, readModel, readTensors, reportName } from "./folder";
import { isFaithful } from "./forward";
import { fullSibling, rounded } from "./halves";
import { referenceMode, referenceOf, withoutRounding } from "./own-weights";
import { batchOf, largest, maxDifference, tapError } from "./reference";

/** Of the largest magnitude of each reference tensor. */
const limit = 1e-3;

/** The derivatives that a file's are compared with, by the names of its values; null for one that is a golden's. */
type Reference = (batch: Batch, target: TargetRows, values: readonly string[]) => Promise<Record<string, Tensor>>;

/** Every `grad.*` of a folder, for each input that has them. */
export async function checkGradient(folder: Folder, path: string, create: CreateSession): Promise<Row[]> {
  const goldens = await readTensors(folder, "goldens.safetensors");
  const json = await readJson(folder, "goldens.json");
  const inputs = (json?.inputs ?? {}) as Record<string, Record<string, unknown>>;
  const engine = await openEngine(withoutRounding(await readModel(folder, path)), create, { modes: [gradientMode] });
  const close: (() => Promise<void>)[] = [() => engine.release()];
  try {
    const rows: Row[] = [];
    const common = { model: folder.name, file: reportName(path) };
    if (!Object.keys(inputs).some((input) => has(goldens, `${input}.grad.`))) return rows;
    const own = await ownReference(folder, path, engine, goldens, create, close);
    for (const [input, about] of Object.entries(inputs)) {
      if (!has(goldens, `${input}.grad.`)) continue;
      const batch = batchOf(goldens, input);
      if (!batch) {
        const note = "not run: derivatives of an input whose ids or pixels the folder doesn't hold";
        rows.push({ ...common, quantity: `${input}.grad`, error: null, limit, pass: false, note });
        continue;
      }
      const target = targetOf(about);
      const quantities = own
        ? await errorsAgainst(engine, own.derivatives, goldens, input, batch, target)
        : await errorsOf(engine, goldens, input, batch, target);
      for (const [quantity, error] of quantities)
        rows.push({
          ...common,
          quantity: `${input}.${quantity}`,
          error,
          limit,
          pass: error !== null && error <= limit,
          ...(own ? { note: own.note } : {}),
        });
    }
    return rows;
  } finally {
    for (const each of close) await each();
  }
}

/**
 * What stands in for the goldens where a file's weights or activation aren't theirs: a half-precision file's float32
 * sibling with its weights rounded to halves; else the file itself with its own weights as plain numbers.
 */
async function ownReference(
  folder: Folder,
  path: string,
  engine: Engine,
  goldens: ReadonlyMap<string, Tensor>,
  create: CreateSession,
  close: (() => Promise<void>)[],
): Promise<{ derivatives: Reference; note: string } | null> {
  const outputs = await readTensors(folder, "ort_outputs.safetensors");
  const approximate = engine.canonical.model.graph.nodes.some((n) => n.opType === "FastGelu");
  if (engine.precision === "fp32" && (!approximate || isFaithful(goldens, outputs, path))) return null;
  const sibling = engine.precision === "fp16" ? fullSibling(folder, path) : null;
  if (sibling !== null) {
    const files = rounded(await readModel(folder, sibling));
    const other = await openEngine(files, create, { modes: [gradientMode] });
    close.push(() => other.release());
    const names = new Map(valuesOf(engine).map((value, i) => [value, valuesOf(other)[i]]));
    const derivatives: Reference = async (batch, target, values) => {
      const wanted = values.map((v) => names.get(v) as string);
      const found = await other.cotangents(batch, target, gradientMode, wanted);
      return Object.fromEntries(values.map((v, i) => [v, found[wanted[i]]]));
    };
    return { derivatives, note: "against the float32 file with its weights rounded to halves" };
  }
  const files = withoutRounding(await readModel(folder, path));
  const { model, canonical } = referenceOf(files);
  const session = await create(sessionSource(files, model));
  close.push(() => session.release());
  const used = usedInputs(canonical.model.graph);
  const inputs = canonical.inputs.filter((i) => used.has(i.name));
  const derivatives: Reference = async (batch, target, values) => {
    const on = { [switchOf(referenceMode)]: tensor("bool", [], Uint8Array.of(1)) };
    const names = values.map((v) => cotangentOf(referenceMode, v));
    const found = await session.run({ ...feedsOf(inputs, batch), ...targetFeeds(target, session), ...on }, names);
    return Object.fromEntries(values.map((v, i) => [v, found[names[i]]]));
  };
  return { derivatives, note: "against plain products with the same weights, straight through" };
}

/** What is differentiated by, in an order that files of one model share. */
function valuesOf({ anatomy: { embedding, sites, residual } }: Engine): readonly string[] {
  const stream = residual ? [...residual.layers, ...(residual.finalNorm ? [residual.finalNorm] : [])] : [];
  return [embedding.sources[0], ...[...sites.map((s) => s.probs), ...stream].map((tap) => tap.value)];
}

/** A reference's target: the logit of one class a row. */
export function targetOf({ target, readout_position }: Record<string, unknown>): TargetRows {
  const list = (value: unknown): number[] => [value ?? 0].flat().map(Number);
  const classes = list(target);
  const positions = list(readout_position);
  return {
    classes: classes.map((c) => [c]),
    weights: classes.map(() => [1]),
    positions: classes.map((_, i) => positions[i] ?? positions[0]),
    scale: "logit",
  };
}

interface Check {
  readonly name: string;
  /** Each with the golden's name. */
  readonly taps: readonly (readonly [string, Tap])[];
  readonly columns: "key" | "width";
}

/** What an input has goldens of, that are there by layer. */
function checksOf({ anatomy, family }: Engine, input: string): readonly Check[] {
  const stream = anatomy.residual;
  const layers = stream?.layers ?? [];
  // The last hidden state is stated behind a final norm; by models that read images, before it.
  const last = (family === "vision" ? null : stream?.finalNorm) ?? layers.at(-1);
  return [
    {
      name: "grad.attn",
      taps: anatomy.sites.map((s, l) => [`${input}.grad.attn.${l}`, s.probs] as const),
      columns: "key",
    },
    {
      name: "grad.hidden",
      taps: layers.map(
        (tap, l) => [`${input}.grad.hidden.${l}`, l === layers.length - 1 ? (last ?? tap) : tap] as const,
      ),
      columns: "width",
    },
  ];
}

async function errorsOf(
  engine: Engine,
  goldens: ReadonlyMap<string, Tensor>,
  input: string,
  batch: Batch,
  target: TargetRows,
): Promise<[string, number | null][]> {
  const source = engine.anatomy.embedding.sources[0];
  const word = goldens.get(`${input}.grad.word_emb`) ?? goldens.get(`${input}.grad.pixel_values`);
  const checks = checksOf(engine, input).filter(({ name }) => has(goldens, `${input}.${name}.`));
  const fetches = checks.flatMap(({ taps }) => taps.map(([, tap]) => tap.value));
  const values = await engine.cotangents(batch, target, gradientMode, [...fetches, ...(word ? [source] : [])]);
  const found = checks.map(({ name, taps, columns }): [string, number | null] => {
    const expected = [...goldens.keys()].filter((key) => key.startsWith(`${input}.${name}.`)).length;
    const errors = taps.map(([key, tap]) => {
      const golden = goldens.get(key);
      // What stands at padded places is arbitrary, and the derivative by the attention paid to it is its value.
      const error = tapError(tap, values[tap.value], golden, batch, columns, "attended");
      return error === null || !golden ? null : error / magnitude(golden);
    });
    return [name, taps.length === expected ? largest(errors) : null];
  });
  if (word) found.push(["grad.word_emb", maskedDifference(values[source], word, batch) / magnitude(word)]);
  return found;
}

const has = (goldens: ReadonlyMap<string, Tensor>, prefix: string): boolean =>
  [...goldens.keys()].some((key) => key.startsWith(prefix));

/** As `errorsOf`, against what another model of the same weights gives for the same values. */
async function errorsAgainst(
  engine: Engine,
  reference: Reference,
  goldens: ReadonlyMap<string, Tensor>,
  input: string,
  batch: Batch,
  target: TargetRows,
): Promise<[string, number | null][]> {
  const source = engine.anatomy.embedding.sources[0];
  const checks = [
    ...checksOf(engine, input).map(({ name, taps }) => ({ name, values: taps.map(([, tap]) => tap.value) })),
    { name: "grad.word_emb", values: [source] },
  ].filter(({ name }) => has(goldens, `${input}.${name}`));
  const values = [...new Set(checks.flatMap((c) => c.values))];
  const found = await engine.cotangents(batch, target, gradientMode, values);
  const expected = await reference(batch, target, values);
  const errorOf = (value: string): number | null => {
    const [a, b] = [toFloat32(found[value]), toFloat32(expected[value])];
    return a.length === 0 || a.length !== b.length ? null : maxDifference(a, b) / magnitude(expected[value]);
  };
  return checks.map((c) => [c.name, largest(c.values.map(errorOf))]);
}

export const magnitude = (golden: Tensor): number =>
  toFloat32(golden).reduce((most, v) => Math.max(most, Math.abs(v)), Number.MIN_VALUE);

/** Of [B, T, d] values, over attended positions. */
function maskedDifference(found: Tensor, golden: Tensor, batch: Batch): number {
  const [a, b] = [toFloat32(found), toFloat32(golden)];
  if ("pixels" in batch) return maxDifference(a, b);
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  const width = found.dims[found.dims.length - 1];
  const keep = (v: Float32Array) => v.map((x, i) => (batch.mask.flat()[Math.floor(i / width)] ? x : 0));
  return maxDifference(keep(a), keep(b));
}
