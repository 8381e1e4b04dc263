import { softmax } from "./candidates";
import type { Target } from "./target";

/** The output row that a target reads: [C] or [V], or a span model's starts and then its ends, [2T]. */
export interface OutputRow {
  readonly row: Float32Array;
  /** Each normalised for itself: two of a span model, else one. */
  readonly parts: readonly Float32Array[];
}

export const rowOfParts = (parts: readonly Float32Array[]): OutputRow => {
  if (parts.length === 1) return { row: parts[0], parts };
  const row = new Float32Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const part of parts) {
    row.set(part, at);
    at += part.length;
  }
  return { row, parts };
};

/** What an index of the row counts on a scale. */
function scaled({ parts }: OutputRow, index: number, as: Target["as"]): number {
  let at = index;
  for (const part of parts) {
    if (at < part.length) {
      if (as === "probability") return softmax(part)[at];
      return as === "log-probability" ? part[at] - logSumExp(part) : part[at];
    }
    at -= part.length;
  }
  throw new RangeError(`no output: ${index} of ${parts.reduce((n, p) => n + p.length, 0)}`);
}

/** The number that a target stands for, less that of what it is held against. */
export const targetNumber = (row: OutputRow, { index, against, as }: Target): number =>
  scaled(row, index, as) - (against === undefined ? 0 : scaled(row, against, as));

function logSumExp(logits: Float32Array): number {
  const top = logits.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  return top + Math.log(logits.reduce((sum, l) => sum + Math.exp(l - top), 0));
}
