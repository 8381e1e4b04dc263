import type { Tensor } from "../../tensor/tensor";

/**
 * The derivative of a function at x along a direction by the four-point formula
 * (8 (f(+h) - f(-h)) - (f(+2h) - f(-2h))) / 12h, whose error falls with the fourth power of h.
 */
export async function slope(
  x: Tensor,
  direction: ArrayLike<number>,
  h: number,
  f: (x: Tensor) => Promise<number>,
): Promise<number> {
  const values = x.data as Float64Array;
  const at = (move: number): Promise<number> => f({ ...x, data: values.map((v, i) => v + move * direction[i]) });
  const near = (await at(h)) - (await at(-h));
  const far = (await at(2 * h)) - (await at(-2 * h));
  return (8 * near - far) / (12 * h);
}

/** A direction with 1 or -1 for each element: an error in any of them shows. */
export const signs = (count: number, random: () => number): readonly number[] =>
  Array.from({ length: count }, () => (random() < 0.5 ? -1 : 1));

export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** The largest difference of two lists over the largest magnitude, or over 1 where all are smaller. */
export function relativeError(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (found.length !== expected.length) return Number.POSITIVE_INFINITY;
  let [worst, largest] = [0, 1];
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs(found[i] - expected[i]);
    if (!(difference <= worst)) worst = difference;
    largest = Math.max(largest, Math.abs(expected[i]));
  }
  return worst / largest;
}
