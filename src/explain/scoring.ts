import type { Anatomy } from "../graph/anatomy";
import { readTap } from "../graph/anatomy/read";
import type { Canonical } from "../graph/canonicalise";
import { type Factor, type ScoreStep, scoreWeights, scoringOf } from "../graph/scoring";
import { encodeModel } from "../onnx/encode";
import type { Model, Value, Weight } from "../onnx/model";
import { toFloat32 } from "../tensor/half";
import { sizeOf, type Tensor, typedArrayOf } from "../tensor/tensor";
import { type Batch, batchOfOne, feedsOf } from "./feeds";
import { MissingFile } from "./missing-file";
import type { CreateSession } from "./session";
import type { Trace } from "./trace";

/** What becomes of the product of a query and a key besides a scale and a cap. */
export type ScorePart = "bias" | "mask" | "extra" | "rounding" | "other";

/** How a site makes logits of queries and keys: `logit = cap · tanh(scale · q·k / cap) + the rest`. */
export interface ScoreForm {
  /** All single numbers that the product is multiplied with. */
  readonly scale: number;
  /** The soft cap, where there is one. */
  readonly cap: number | null;
  /** What the rest can hold: a position bias, a mask, another logit a row, rounding to 8 bits. */
  readonly parts: readonly ScorePart[];
  /** What queries and keys as the product reads them were multiplied with before. */
  readonly before: { readonly q: number; readonly k: number };
}

/** One head's way from queries and keys to its attention, as the graph computes it. */
export interface HeadScoring extends ScoreForm {
  /** [T, d], as the product reads them: rotated, scaled, repeated for their group. */
  readonly queries: Tensor;
  readonly keys: Tensor;
  /** The softmax's input. [T, T] */
  readonly logits: Tensor;
  /** What the softmax reads besides the keys, as the logit that stands for all of it; null where it reads nothing more. [T] */
  readonly extra: Float32Array | null;
}

/** Reads one head of a site. */
export type SiteScoring = (head: number) => HeadScoring;

export interface Scorable {
  readonly canonical: Canonical;
  readonly anatomy: Anatomy;
  /** Of `scoreWeightsOf`. */
  readonly weights: ReadonlyMap<Value, Weight>;
  readonly create: CreateSession;
  runBatch(batch: Batch, fetches: readonly string[]): Promise<Record<string, Tensor>>;
}

/**
 * Runs a text or an image for the queries and keys of a site, and then the part of the graph between them and the softmax by itself:
 * nothing of it is kept in the session that explains.
 */
export async function siteScoring(
  of: Scorable,
  { encoding, image }: Pick<Trace, "encoding" | "image">,
  index: number,
): Promise<SiteScoring> {
  const { canonical, anatomy, create, runBatch } = of;
  const site = anatomy.sites[index];
  if (!site) throw new RangeError(`no attention site: ${index} of ${anatomy.sites.length}`);
  const tokens = encoding.ids.length;
  const scoring = scoringOf(canonical, anatomy.flow, site, tokens);
  const batch = batchOfOne(encoding, image);
  const operands = await runBatch(batch, [...new Set([site.q.value, site.k.value, ...scoring.beside])]);
  const session = await create({ graph: encodeModel(inline(scoring.model, of.weights)), external: [] });
  const needed = canonical.inputs.filter((i) => scoring.inputs.includes(i.name));
  const results = await session
    .run({ ...operands, ...feedsOf(needed, batch) }, session.outputNames)
    .finally(() => session.release());
  const numberOf = (factors: readonly Factor[]): number =>
    factors.reduce((product, { value, divides }) => {
      const number = toFloat32(results[value])[0];
      return divides ? product / number : product * number;
    }, 1);
  const form: ScoreForm = {
    ...formOf(scoring.steps, (factor) => numberOf([factor])),
    before: { q: numberOf(scoring.before.q), k: numberOf(scoring.before.k) },
  };
  const sizes = { batch: 1, tokens };
  return (head) => {
    const logits = readTap(results[scoring.logits], site.probs.layout, sizes, "key", 0, head);
    return {
      ...form,
      queries: readTap(operands[site.q.value], site.q.layout, sizes, "width", 0, head),
      keys: readTap(operands[site.k.value], site.k.layout, sizes, "width", 0, site.kHead[head]),
      ...apart(logits, tokens, scoring.extraFirst),
    };
  };
}

/** Scale, cap and parts of the steps behind the product. A factor before the tanh divides by the cap, one behind restores it. */
function formOf(steps: readonly ScoreStep[], number: (factor: Factor) => number): Omit<ScoreForm, "before"> {
  const at = steps.findIndex((s) => s.kind === "tanh");
  const product = (some: readonly ScoreStep[]) =>
    some.reduce((all, step) => (step.kind === "scale" ? all * number(step.by) : all), 1);
  const parts = new Set<ScorePart>();
  for (const { kind } of steps) if (kind !== "scale" && kind !== "tanh") parts.add(kind);
  if (at < 0) return { scale: product(steps), cap: null, parts: [...parts] };
  const cap = product(steps.slice(at));
  return { scale: product(steps.slice(0, at)) * cap, cap, parts: [...parts] };
}

/** Logits of the keys, and what else stands in their rows as one logit. */
function apart(all: Tensor, tokens: number, extraFirst: boolean): Pick<HeadScoring, "logits" | "extra"> {
  const [rows, columns] = all.dims;
  if (columns === tokens) return { logits: all, extra: null };
  const data = all.data as Float32Array;
  const from = extraFirst ? columns - tokens : 0;
  const logits = new Float32Array(rows * tokens);
  const extra = new Float32Array(rows);
  for (let r = 0; r < rows; r++) {
    const row = data.subarray(r * columns, (r + 1) * columns);
    logits.set(row.subarray(from, from + tokens), r * tokens);
    const rest = [...row.subarray(0, from), ...row.subarray(from + tokens)];
    const most = Math.max(...rest);
    extra[r] = most + Math.log(rest.reduce((sum, v) => sum + Math.exp(v - most), 0));
  }
  return { logits: { dtype: "float32", dims: [rows, tokens], data: logits }, extra };
}

/** Weights that scores read of other files, taken out of them so that the files can be let go. */
export function scoreWeightsOf(
  canonical: Canonical,
  { flow, sites }: Anatomy,
  external: ReadonlyMap<string, Uint8Array>,
): ReadonlyMap<Value, Weight> {
  const taken = new Map<Value, Weight>();
  for (const name of scoreWeights(canonical, flow, sites)) {
    const weight = canonical.model.graph.initializers.get(name);
    if (weight?.source.kind !== "external") continue;
    const { location, offset, length } = weight.source;
    const file = external.get(location);
    if (!file) throw new MissingFile(location);
    const size = length ?? sizeOf(weight.dims) * typedArrayOf(weight.dtype).BYTES_PER_ELEMENT;
    taken.set(name, { ...weight, source: { kind: "bytes", bytes: file.slice(offset, offset + size), offset: null } });
  }
  return taken;
}

const inline = ({ graph, ...model }: Model, weights: ReadonlyMap<Value, Weight>): Model => ({
  ...model,
  graph: {
    ...graph,
    initializers: new Map([...graph.initializers].map(([name, weight]) => [name, weights.get(name) ?? weight])),
  },
});
