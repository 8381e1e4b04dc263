import type { ScoringSlice } from "../../worker/protocol";

/** A logit this far under the largest of its row is a mask's. */
const MASKED = 1000;
/** A rest of less than this share of its logit is rounding. */
const ROUNDING = 1e-4;

/** One query meets one key: `score + rest = logit`, whose softmax is `weight`. */
export interface Meeting {
  readonly key: number;
  /** The sum of the products. */
  readonly dot: number;
  /** The dot product, scaled and capped. */
  readonly score: number;
  /** What else the model adds: a bias by place, a mask. */
  readonly rest: number;
  readonly logit: number;
  readonly weight: number;
  /** A mask keeps the query from it. */
  readonly masked: boolean;
}

/** The product of each dimension. [d] */
export function productsOf({ width, queries, keys }: ScoringSlice, query: number, key: number): Float32Array {
  const products = new Float32Array(width);
  for (let c = 0; c < width; c++) products[c] = queries[query * width + c]! * keys[key * width + c]!;
  return products;
}

/** One query with every key, in the order of the text. */
export function meetingsOf(slice: ScoringSlice, query: number): Meeting[] {
  const { tokens, width, queries, keys, logits, attention, scale, cap } = slice;
  const row = logits.subarray(query * tokens, (query + 1) * tokens);
  const most = row.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  return Array.from(row, (logit, key): Meeting => {
    let dot = 0;
    for (let c = 0; c < width; c++) dot += queries[query * width + c]! * keys[key * width + c]!;
    const scaled = dot * scale;
    const score = cap === null ? scaled : cap * Math.tanh(scaled / cap);
    const masked = !(logit > most - MASKED);
    return { key, dot, score, rest: logit - score, logit, weight: attention[query * tokens + key]!, masked };
  });
}

/** Whether a rest tells something: what the sum in another order leaves doesn't. */
export const tells = ({ rest, logit, masked }: Meeting): boolean =>
  !masked && Math.abs(rest) > ROUNDING * Math.max(1, Math.abs(logit));

/** How far the softmax of a row's logits is from its attention, at most. */
export function offBy({ tokens, logits, attention, extra }: ScoringSlice, query: number): number {
  const row = logits.subarray(query * tokens, (query + 1) * tokens);
  const more = extra?.[query] ?? Number.NEGATIVE_INFINITY;
  const most = row.reduce((a, b) => Math.max(a, b), more);
  const sum = row.reduce((all, logit) => all + Math.exp(logit - most), Math.exp(more - most));
  return row.reduce(
    (worst, logit, key) => Math.max(worst, Math.abs(Math.exp(logit - most) / sum - attention[query * tokens + key]!)),
    0,
  );
}

/** What a row's softmax gives to no key at all. */
export function unheld({ tokens, attention }: ScoringSlice, query: number): number {
  const row = attention.subarray(query * tokens, (query + 1) * tokens);
  return Math.max(0, 1 - row.reduce((all, weight) => all + weight, 0));
}

/** Dimensions by the mean magnitude of their products over the keys that the query sees, largest first. */
export function byContribution(slice: ScoringSlice, query: number, meetings: readonly Meeting[]): number[] {
  const { width, queries, keys } = slice;
  const sizes = new Float64Array(width);
  for (const { key, masked } of meetings)
    for (let c = 0; c < width && !masked; c++)
      sizes[c]! += Math.abs(queries[query * width + c]! * keys[key * width + c]!);
  return Array.from(sizes.keys()).sort((a, b) => sizes[b]! - sizes[a]!);
}

/** The magnitude that all but the largest hundredth of some values stay under. */
export function clipOf(values: ArrayLike<number>): number {
  const sizes = Float32Array.from(values, Math.abs).sort();
  const at = sizes[Math.floor((sizes.length - 1) * 0.99)] ?? 0;
  return at > 0 ? at : 1;
}

/** Where the shades of a head are full: one scale for queries and keys, one for products. */
export interface Clips {
  readonly vectors: number;
  readonly products: number;
}

const PAIRS = 256;
const kept = new WeakMap<ScoringSlice, Clips>();

/** The scales of a head: the same for every query, so that their shades compare. */
export function clipsOf(slice: ScoringSlice): Clips {
  const known = kept.get(slice);
  if (known) return known;
  const { tokens, width, queries, keys } = slice;
  const both = new Float32Array(queries.length + keys.length);
  both.set(queries);
  both.set(keys, queries.length);
  const count = Math.min(PAIRS, tokens * tokens);
  const products = new Float32Array(count * width);
  for (let n = 0; n < count; n++) {
    const pair = Math.floor((n * tokens * tokens) / count);
    products.set(productsOf(slice, Math.floor(pair / tokens), pair % tokens), n * width);
  }
  const clips = { vectors: clipOf(both), products: clipOf(products) };
  kept.set(slice, clips);
  return clips;
}

/** The query that is shown while none is chosen: the one that looks most at one token of the text. */
export function tellingQuery({ tokens, attention }: ScoringSlice, isSink: (token: number) => boolean): number {
  let best = tokens - 1;
  let most = 0;
  for (let i = 0; i < tokens; i++) {
    if (isSink(i)) continue;
    for (let j = 0; j < tokens; j++) {
      if (j === i || isSink(j) || attention[i * tokens + j]! <= most) continue;
      most = attention[i * tokens + j]!;
      best = i;
    }
  }
  return best;
}
