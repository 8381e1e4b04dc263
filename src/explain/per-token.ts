import type { Tensor } from "../tensor/tensor";

type Numbers = Float32Array | Float64Array;

/** Numbers of a tensor or array; what methods are given is float32, and tests give float64. */
export const numbersOf = (from: Tensor | Numbers): Numbers => ("dims" in from ? (from.data as Numbers) : from);

/** Σ over d of a ⊙ b, from two of [T, d]: one number a token. */
export function dots(a: Tensor | Numbers, b: Tensor | Numbers, tokens: number): Float64Array {
  const [x, y] = [numbersOf(a), numbersOf(b)];
  if (x.length !== y.length || x.length % tokens !== 0)
    throw new Error(`unlike sizes: ${x.length} and ${y.length} numbers for ${tokens} tokens`);
  const width = x.length / tokens;
  const result = new Float64Array(tokens);
  for (let i = 0; i < x.length; i++) result[Math.floor(i / width)] += x[i] * y[i];
  return result;
}

/** a - b, elementwise, in float64. */
export function difference(a: Tensor | Numbers, b: Tensor | Numbers): Float64Array {
  const [x, y] = [numbersOf(a), numbersOf(b)];
  if (x.length !== y.length) throw new Error(`unlike sizes: ${x.length} and ${y.length} numbers`);
  return Float64Array.from(x, (v, i) => v - y[i]);
}

/** to += factor * from */
export function addScaled(to: Float64Array, from: Tensor | Numbers, factor: number): void {
  const values = numbersOf(from);
  for (let i = 0; i < to.length; i++) to[i] += factor * values[i];
}

export const sumOf = (values: ArrayLike<number>): number => Array.from(values).reduce((sum, v) => sum + v, 0);
