/**
 * Ranks from 1 on, ascending; equal values share the mean of their ranks.
 * @throws RangeError for a value that isn't a number, which has no rank
 */
export function ranksOf(values: readonly number[]): number[] {
  if (values.some(Number.isNaN)) throw new RangeError("no rank: NaN");
  const order = Array.from(values.keys()).sort((i, j) => values[i] - values[j]);
  const ranks = new Array<number>(values.length);
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && values[order[end]] === values[order[start]]) end++;
    for (let at = start; at < end; at++) ranks[order[at]] = (start + 1 + end) / 2;
    start = end;
  }
  return ranks;
}

/** Indices of the values, largest first; equal ones in their order. */
export const descending = (values: readonly number[]): number[] =>
  Array.from(values.keys()).sort((i, j) => values[j] - values[i] || i - j);
