import type { Tensor } from "../../tensor/tensor";
import type { HeadScoring } from "../scoring";

/** So much may scaled products be off the logits that attention stands for before more than a scale lies between them. */
const close = 0.05;

/**
 * Queries, keys and logits of one head of a trace. A trace holds no graph, so the logits are what its attention says they
 * are up to a constant a row: log(attention), moved so that a row's mean is that of q·k/√d; where attention is 0, minus infinity.
 * Whatever stands between q·k/√d and them (a position bias, a cap, another scale) is then named `other`.
 *
 * @param attention [Tq, Tk], queries [Tq, d], keys [Tk, d]
 */
export function traceScoring(attention: Tensor, queries: Tensor, keys: Tensor): HeadScoring {
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
    const seen = Array.from({ length: columns }, (_, j) => j).filter((j) => a[i * columns + j]! > 0);
    masked ||= seen.length < columns;
    const apart = seen.map((j) => {
      let dot = 0;
      for (let d = 0; d < width; d++) dot += q[i * width + d]! * k[j * width + d]!;
      return scale * dot - Math.log(a[i * columns + j]!);
    });
    const constant = apart.reduce((sum, each) => sum + each, 0) / Math.max(1, apart.length);
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
