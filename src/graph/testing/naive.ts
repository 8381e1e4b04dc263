import { float32, type Tensor } from "../../tensor/tensor";

/** Queries, keys and values of one batch row and head, as lists of vectors. */
export interface NaiveAttention {
  readonly q: readonly (readonly number[])[];
  readonly k: readonly (readonly number[])[];
  readonly v: readonly (readonly number[])[];
  /** What becomes of the scaled product of query i and key j; -Infinity leaves the key out. */
  readonly score?: (product: number, i: number, j: number) => number;
  readonly scale?: number;
  /** One more term of the softmax's denominator. */
  readonly sink?: number;
}

const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, x, i) => sum + x * b[i], 0);

/** softmax(score(q kᵀ · scale)) v by its definition, in doubles. */
export function naiveAttention({
  q,
  k,
  v,
  score = (x) => x,
  scale = 1 / Math.sqrt(q[0].length),
  sink,
}: NaiveAttention): {
  probs: number[][];
  context: number[][];
} {
  const probs = q.map((query, i) => {
    const scores = k.map((key, j) => score(dot(query, key) * scale, i, j));
    const top = Math.max(...scores, sink ?? Number.NEGATIVE_INFINITY);
    const exps = scores.map((s) => Math.exp(s - top));
    const sum = exps.reduce((a, b) => a + b, sink === undefined ? 0 : Math.exp(sink - top));
    return exps.map((e) => e / sum);
  });
  const context = probs.map((row) => v[0].map((_, c) => row.reduce((sum, p, j) => sum + p * v[j][c], 0)));
  return { probs, context };
}

/** Element at some indices. */
export function at({ dims, data }: Tensor, ...indices: readonly number[]): number {
  return Number(data[indices.reduce((flat, index, axis) => flat * dims[axis] + index, 0)]);
}

/** A float32 tensor whose elements are told by their indices. */
export function filled(dims: readonly number[], value: (...indices: number[]) => number): Tensor {
  const size = dims.reduce((n, d) => n * d, 1);
  const indices = dims.map(() => 0);
  const data = Array.from({ length: size }, () => {
    const element = value(...indices);
    for (let axis = dims.length - 1; axis >= 0 && ++indices[axis] === dims[axis]; axis--) indices[axis] = 0;
    return element;
  });
  return float32(dims, data);
}

/** Vectors of a tensor's last axis: element (i) is x[..at(i), :]. */
export const vectors = (count: number, width: number, element: (i: number, c: number) => number): number[][] =>
  Array.from({ length: count }, (_, i) => Array.from({ length: width }, (__, c) => element(i, c)));
