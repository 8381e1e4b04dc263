import type { Tap } from "../../graph/anatomy";
import { readTap } from "../../graph/anatomy/read";
import { toFloat32 } from "../../tensor/half";
import type { Tensor } from "../../tensor/tensor";
import { type Engine, type ModelFiles, openEngine } from "../engine";
import type { Batch } from "../feeds";
import type { CreateSession } from "../session";
import { type Folder, type Row, readJson, readModel, readTensors, reportName } from "./folder";
import { attended, batchOf, largest, maxDifference, rowNumbers, sizesOf, tapError } from "./reference";
import { runStock } from "./stock-run";

/** Absolute, for float32 files against float64 references. */
const exact = 1e-4;

/**
 * Against ONNX Runtime's own run of the same quantised or half-precision file, relative to the largest logit. Half
 * files are computed in float32 here, and their reference rounds to halves on the way; integer kernels round activations
 * to 8 bits, where a last-bit difference before the rounding moves a result by one step.
 */
const limitOf = ({ canonical }: Engine): number =>
  [...canonical.model.graph.initializers.values()].some((w) => w.dtype === "float16" || w.dtype === "bfloat16")
    ? 1e-2
    : 1e-3;

/**
 * How far kernels that round the activations of a 4-bit product to 8 bits may be from those that don't: native builds of
 * the runtime have them, browser builds don't.
 */
const rounding = 0.1;

interface Expected {
  readonly files: ModelFiles;
  readonly create: CreateSession;
  readonly goldens: ReadonlyMap<string, Tensor>;
  readonly outputs: ReadonlyMap<string, Tensor>;
  readonly inputs: readonly string[];
}

/** Logits, attention and hidden states of one graph file, for every input that the folder has references of. */
export async function checkForward(folder: Folder, path: string, create: CreateSession): Promise<Row[]> {
  const goldens = await readTensors(folder, "goldens.safetensors");
  const json = await readJson(folder, "goldens.json");
  const files = await readModel(folder, path);
  const expected: Expected = {
    files,
    create,
    goldens,
    outputs: await readTensors(folder, "ort_outputs.safetensors"),
    inputs: Object.keys((json?.inputs as Record<string, unknown>) ?? {}),
  };
  const engine = await openEngine(files, create);
  try {
    const rows: Row[] = [];
    for (const input of expected.inputs) rows.push(...(await checkInput(folder, path, engine, expected, input)));
    return rows;
  } finally {
    await engine.release();
  }
}

async function checkInput(
  folder: Folder,
  path: string,
  engine: Engine,
  expected: Expected,
  input: string,
): Promise<Row[]> {
  const { goldens, outputs } = expected;
  const batch = batchOf(goldens, input);
  if (!batch) return [];
  const { anatomy, canonical } = engine;
  const answer = canonical.answers[0].name;
  const stream = anatomy.residual
    ? [...anatomy.residual.layers, ...(anatomy.residual.finalNorm ? [anatomy.residual.finalNorm] : [])]
    : [];
  const fetches = [answer, ...anatomy.sites.map((s) => s.probs.value), ...stream.map((t) => t.value)];
  const results = await engine.runBatch(batch, [...new Set(fetches)]);
  const row = (quantity: string, error: number | null, limit: number | null, note?: string): Row => ({
    model: folder.name,
    file: reportName(path),
    quantity: `${input}.${quantity}`,
    error,
    limit,
    pass: error !== null && limit !== null && error <= limit,
    ...(note ? { note } : {}),
  });
  if (engine.precision !== "fp32" || !isFaithful(goldens, outputs, path))
    return [
      ...(await ownLogits(expected, path, input, engine, batch, results[answer], row)),
      attentionSums(
        engine.precision === "int8",
        batch,
        anatomy.sites.map((s) => [s.probs, results[s.probs.value]]),
        row,
      ),
    ];

  const rows: Row[] = [];
  const golden = goldens.get(`${input}.logits`);
  if (golden) rows.push(row("logits", largestDifference(results[answer], golden, batch), exact));
  const sites = largest(
    anatomy.sites.map((s, l) =>
      tapError(s.probs, results[s.probs.value], goldens.get(`${input}.attn.${l}`), batch, "key"),
    ),
  );
  const wanted = [...goldens.keys()].filter((k) => k.startsWith(`${input}.attn.`)).length;
  rows.push(
    wanted === anatomy.sites.length
      ? row("attention", sites, exact)
      : row("attention", null, exact, `${anatomy.sites.length} sites for ${wanted} references`),
  );
  rows.push(row("hidden", ...hiddenError(goldens, input, engine, results, batch)));
  return rows;
}

/** Whether the file computes what the references do: an approximation of the activation, say, is no less right for being another. */
export function isFaithful(
  goldens: ReadonlyMap<string, Tensor>,
  outputs: ReadonlyMap<string, Tensor>,
  path: string,
): boolean {
  const [own, golden] = [outputs.get(`${reportName(path)}:short.logits`), goldens.get("short.logits")];
  return !own || !golden || maxDifference(toFloat32(own), toFloat32(golden)) <= exact;
}

type MakeRow = (quantity: string, error: number | null, limit: number | null, note?: string) => Row;

/**
 * Logits against ONNX Runtime's of the same file; where there are several references, the nearest. Where none is near
 * because other kernels computed it, against the unchanged file on this runtime.
 */
async function ownLogits(
  { outputs, files, create }: Expected,
  path: string,
  input: string,
  engine: Engine,
  batch: Batch,
  found: Tensor,
  row: MakeRow,
): Promise<Row[]> {
  const references = [...outputs].filter(
    ([key]) =>
      key === `${reportName(path)}:${input}.logits` ||
      (key.startsWith(`${reportName(path)}@`) && key.endsWith(`:${input}.logits`)),
  );
  if (references.length === 0) return [];
  const error = Math.min(...references.map(([, reference]) => relativeDifference(found, reference)));
  const limit = limitOf(engine);
  if (error <= limit || error > rounding) return [row("logits", error, limit, "against the same file, relative")];
  const stock = await runStock(files, engine, batch, create);
  return [row("logits", relativeDifference(found, stock), limit, "against the same file on this runtime, relative")];
}

function relativeDifference(found: Tensor, reference: Tensor): number {
  const expected = toFloat32(reference);
  return maxDifference(toFloat32(found), expected) / expected.reduce((most, v) => Math.max(most, Math.abs(v)), 1);
}

/** Where no reference of the same weights exists, rows must at least sum to one. */
function attentionSums(rounded: boolean, batch: Batch, taps: readonly (readonly [Tap, Tensor])[], row: MakeRow): Row {
  let worst = 0;
  for (const [tap, tensor] of taps) {
    for (const b of rowNumbers(batch)) {
      const { dims, data } = readTap(tensor, tap.layout, sizesOf(batch), "key", b);
      for (let r = 0; r < dims[0] * dims[1]; r++) {
        if (!attended(batch, b, r % dims[1])) continue;
        let sum = 0;
        for (let c = 0; c < dims[2]; c++) sum += (data as Float32Array)[r * dims[2] + c];
        worst = Math.max(worst, Math.abs(sum - 1));
      }
    }
  }
  // A file may round its probabilities to 8 bits.
  return row("attention sums", worst, rounded ? 0.05 : exact);
}

function hiddenError(
  goldens: ReadonlyMap<string, Tensor>,
  input: string,
  { anatomy }: Engine,
  results: Record<string, Tensor>,
  batch: Batch,
): [number | null, number, string?] {
  const { residual } = anatomy;
  if (!residual) return [null, exact, "no residual stream found"];
  const last = residual.layers.length - 1;
  const count = [...goldens.keys()].filter((k) => k.startsWith(`${input}.hidden.`)).length;
  if (count !== residual.layers.length)
    return [null, exact, `${residual.layers.length} hidden states for ${count} references`];
  const errorOf = (tap: Tap, key: string) =>
    tapError(tap, results[tap.value], goldens.get(`${input}.${key}`), batch, "width");
  const errors = residual.layers.slice(0, last).map((tap, l) => errorOf(tap, `hidden.${l}`));
  const { finalNorm } = residual;
  // Some models state their last hidden state before their final norm, most behind it.
  const either = [residual.layers[last], ...(finalNorm ? [finalNorm] : [])].map((tap) =>
    errorOf(tap, `hidden.${last}`),
  );
  const known = either.filter((e) => e !== null);
  errors.push(known.length > 0 ? Math.min(...known) : null);
  if (goldens.has(`${input}.final_norm_input`)) errors.push(errorOf(residual.layers[last], "final_norm_input"));
  return [largest(errors), exact];
}

/** Logits of every row, at attended positions where they have positions. */
function largestDifference(found: Tensor, golden: Tensor, batch: Batch): number {
  const [a, b] = [toFloat32(found), toFloat32(golden)];
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  if (found.dims.length < 3) return maxDifference(a, b);
  const [, tokens, width] = found.dims;
  let worst = 0;
  for (let i = 0; i < a.length; i++) {
    const position = Math.floor(i / width);
    if (!attended(batch, Math.floor(position / tokens), position % tokens)) continue;
    const difference = Math.abs(a[i] - b[i]);
    if (!(difference <= worst)) worst = difference;
  }
  return worst;
}
