import { gradientMode } from "../../autodiff/explaining";
import type { Tap } from "../../graph/anatomy";
import { toFloat32 } from "../../tensor/half";
import type { Tensor } from "../../tensor/tensor";
import { type Engine, openEngine } from "../engine";
import type { Batch } from "../feeds";
import type { CreateSession } from "../session";
import type { TargetRows } from "../target-feeds";
import { type Folder, type Row, readJson, readModel, readTensors, reportName } from "./folder";
import { batchOf, largest, maxDifference, tapError } from "./reference";

/** Of the largest magnitude of each reference tensor. */
const limit = 1e-3;

/** Every `grad.*` of a folder, for each input that has them. */
export async function checkGradient(folder: Folder, path: string, create: CreateSession): Promise<Row[]> {
  const goldens = await readTensors(folder, "goldens.safetensors");
  const json = await readJson(folder, "goldens.json");
  const inputs = (json?.inputs ?? {}) as Record<string, Record<string, unknown>>;
  const engine = await openEngine(await readModel(folder, path), create, { modes: [gradientMode] });
  try {
    const rows: Row[] = [];
    for (const [input, about] of Object.entries(inputs)) {
      const batch = batchOf(goldens, input);
      if (!batch) continue;
      const quantities = await errorsOf(engine, goldens, input, batch, targetOf(about));
      for (const [quantity, error] of quantities)
        rows.push({
          model: folder.name,
          file: reportName(path),
          quantity: `${input}.${quantity}`,
          error,
          limit,
          pass: error !== null && error <= limit,
        });
    }
    return rows;
  } finally {
    await engine.release();
  }
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

async function errorsOf(
  engine: Engine,
  goldens: ReadonlyMap<string, Tensor>,
  input: string,
  batch: Batch,
  target: TargetRows,
): Promise<[string, number | null][]> {
  const { anatomy } = engine;
  const wanted = [...goldens.keys()].filter((key) => key.startsWith(`${input}.grad.`));
  const found: [string, number | null][] = [];
  const compare = (name: string, taps: readonly (readonly [string, Tap])[], columns: "key" | "width") => {
    const keys = wanted.filter((k) => k.startsWith(`${input}.${name}`));
    if (keys.length === 0) return null;
    return { name, taps: taps.filter(([key]) => goldens.has(key)), expected: keys.length, columns };
  };
  const stream = anatomy.residual;
  const layers = stream?.layers ?? [];
  const checks = [
    compare(
      "grad.attn.",
      anatomy.sites.map((s, l) => [`${input}.grad.attn.${l}`, s.probs] as const),
      "key",
    ),
    compare(
      "grad.hidden.",
      layers.map(
        (tap, l) => [`${input}.grad.hidden.${l}`, l === layers.length - 1 ? (stream?.finalNorm ?? tap) : tap] as const,
      ),
      "width",
    ),
  ];
  const word = `${input}.grad.word_emb`;
  const fetches = checks.flatMap((c) => c?.taps.map(([, tap]) => tap.value) ?? []);
  const source = anatomy.embedding.sources[0];
  const values = await engine.cotangents(batch, target, gradientMode, [
    ...fetches,
    ...(goldens.has(word) ? [source] : []),
  ]);
  for (const check of checks) {
    if (!check) continue;
    const errors = check.taps.map(([key, tap]) => {
      const golden = goldens.get(key) as Tensor;
      const error = tapError(tap, values[tap.value], golden, batch, check.columns);
      return error === null ? null : error / magnitude(golden);
    });
    found.push([check.name.slice(0, -1), check.taps.length === check.expected ? largest(errors) : null]);
  }
  const golden = goldens.get(word);
  if (golden) found.push(["grad.word_emb", maskedDifference(values[source], golden, batch) / magnitude(golden)]);
  return found;
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
