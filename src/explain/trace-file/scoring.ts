import type { DType, Tensor } from "../../tensor/tensor";
import type { HeadScoring } from "../scoring";

/** So much may scaled products be off the logits that attention stands for before more than a scale lies between them. */
const close = 0.05;

/** A row's constant is only as exact as its weights, so what is about as small as what rounds to 0 may have, too. */
const NEAR = 1.5;

/** What rounds to 0 in a type: half of the smallest weight that it tells from 0. */
export const roundsToZero = (dtype: DType): number =>
  dtype === "uint8" ? 0.5 / 255 : dtype === "float16" ? 2 ** -25 : 2 ** -150;

/**
 * Queries, keys and logits of one head of a trace. A trace holds no graph, so the logits are what its attention says they
 * are up to a constant a row: log(attention), moved so that a row's mean is that of q·k/√d. Where attention is 0 it was masked,
 * minus infinity, unless q·k/√d says that it is so small that it was rounded to 0: then that is the logit.
 * Whatever stands between q·k/√d and them (a position bias, a cap, another scale) is then named `other`.
 *
 * @param attention [Tq, Tk], queries [Tq, d], keys [Tk, d]
 * @param rounded weights up to here were stored as 0
 */
export function traceScoring(attention: Tensor, queries: Tensor, keys: Tensor, rounded = 0): HeadScoring {
  const [rows, width] = queries.dims as [number, number];
  const columns = keys.dims[0]!;
  const [q, k, a] = [queries, keys, attention].map(({ data }) => data as Float32Array) as [
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const scale = 1 / Math.sqrt(width);
  const logits = new Float32Array(rows * columns).fill(Number.NEGATIVE_INFINITY);
  let masked = false;
  let farthest = 0;
  for (let i = 0; i < rows; i++) {
    const products = Array.from({ length: columns }, (_, j) => {
      let dot = 0;
      for (let d = 0; d < width; d++) dot += q[i * width + d]! * k[j * width + d]!;
      return scale * dot;
    });
    const seen = products.flatMap((_, j) => (a[i * columns + j]! > 0 ? [j] : []));
    const apart = seen.map((j) => products[j]! - Math.log(a[i * columns + j]!));
    const constant = apart.reduce((sum, each) => sum + each, 0) / Math.max(1, apart.length);
    for (const [j, product] of products.entries()) {
      if (a[i * columns + j]! > 0) continue;
      if (seen.length > 0 && Math.exp(product - constant) <= NEAR * rounded) logits[i * columns + j] = product;
      else masked = true;
    }
    for (const [n, j] of seen.entries()) {
      logits[i * columns + j] = Math.log(a[i * columns + j]!) + constant;
      farthest = Math.max(farthest, Math.abs(apart[n]! - constant));
    }
  }
  return {
    queries,
    keys,
    logits: { dtype: "float32", dims: [rows, columns], data: logits },
    extra: null,
    scale,
    cap: null,
    parts: [...(masked ? (["mask"] as const) : []), ...(farthest > close ? (["other"] as const) : [])],
    before: { q: 1, k: 1 },
  };
}
