import type { HeadReading } from "./reading";

/** Weights under this are not drawn. */
export const THRESHOLD = 0.05;
/** Width of a line of weight 1, in pixels; widths are linear. */
export const FULL_WIDTH = 8;

export const FOCUSED = 0.95;
export const IDLE = 0.85;
export const CONTEXT = 0.17;

/** The lines of one head, row by row. */
export interface LineList {
  /** [rows + 1]: the lines of row q are [start[q], start[q + 1]). */
  readonly start: Uint32Array;
  readonly query: Uint16Array;
  readonly key: Uint16Array;
  readonly weight: Float32Array;
  /** [rows]: what is drawn of each row as the model computed it. */
  readonly drawn: Float32Array;
}

/** The lines of a head: one for each weight from 5 % on. */
export function linesOf({ rows, columns, weights, rest }: HeadReading): LineList {
  const start = new Uint32Array(rows + 1);
  const drawn = new Float32Array(rows);
  let count = 0;
  for (let i = 0; i < weights.length; i++) if (weights[i]! >= THRESHOLD) count++;
  const query = new Uint16Array(count);
  const key = new Uint16Array(count);
  const weight = new Float32Array(count);
  let at = 0;
  for (let q = 0; q < rows; q++) {
    start[q] = at;
    let sum = 0;
    for (let k = 0; k < columns; k++) {
      const w = weights[q * columns + k]!;
      if (w < THRESHOLD) continue;
      query[at] = q;
      key[at] = k;
      weight[at++] = w;
      sum += w;
    }
    drawn[q] = sum * rest[q]!;
  }
  start[rows] = at;
  return { start, query, key, weight, drawn };
}

/** How far lines of the n-th of some heads stand off a row's middle, so that heads don't hide each other. */
export const fan = (n: number, heads: number): number =>
  heads < 2 ? 0 : (n - (heads - 1) / 2) * Math.min(1.8, 11 / (heads - 1));

/** What is left out of a picture, as shares of all attention of its rows: mean over rows and heads. */
export interface NotDrawn {
  /** [rows] */
  readonly byRow: Float32Array;
  readonly total: number;
  readonly held: number;
  readonly outside: number;
  readonly thin: number;
}

export function notDrawn(heads: readonly { readonly reading: HeadReading; readonly lines: LineList }[]): NotDrawn {
  const rows = heads[0]?.reading.rows ?? 0;
  const byRow = new Float32Array(rows);
  let held = 0;
  let outside = 0;
  let drawn = 0;
  for (const { reading, lines } of heads)
    for (let q = 0; q < rows; q++) {
      byRow[q]! += (1 - lines.drawn[q]!) / heads.length;
      drawn += lines.drawn[q]!;
      held += reading.held[q]!;
      outside += reading.outside[q]!;
    }
  const all = Math.max(1, rows * heads.length);
  for (let q = 0; q < rows; q++) byRow[q] = Math.max(0, byRow[q]!);
  return {
    byRow,
    total: Math.max(0, 1 - drawn / all),
    held: held / all,
    outside: outside / all,
    thin: Math.max(0, 1 - (drawn + held + outside) / all),
  };
}

/** Mean over heads of one row or column, as drawn. `side` says what `index` counts. [columns] or [rows] */
export function meanOver(
  heads: readonly { readonly reading: HeadReading }[],
  side: "query" | "key",
  index: number,
): Float32Array {
  const first = heads[0]?.reading;
  if (!first) return new Float32Array(0);
  const { rows, columns } = first;
  const length = side === "query" ? columns : rows;
  const mean = new Float32Array(length);
  for (const { reading } of heads)
    for (let i = 0; i < length; i++)
      mean[i]! += reading.weights[side === "query" ? index * columns + i : i * columns + index]! / heads.length;
  return mean;
}

/** The largest entries, best first; zeros are never among them. */
export function top(values: ArrayLike<number>, count: number): { index: number; value: number }[] {
  const best: { index: number; value: number }[] = [];
  for (let index = 0; index < values.length; index++) {
    const value = values[index]!;
    if (value <= 0 || (best.length === count && value <= best[count - 1]!.value)) continue;
    if (best.length === count) best.pop();
    let at = best.length;
    while (at > 0 && best[at - 1]!.value < value) at--;
    best.splice(at, 0, { index, value });
  }
  return best;
}
