import type { HeadScoring } from "../explain/scoring";
import type { Trace } from "../explain/trace";
import { half } from "../tensor/half";
import type { Tensor } from "../tensor/tensor";
import { fail } from "./failure";
import { type AttentionSlice, type HeadRows, LEAST_REST, type ScoringSlice } from "./protocol";

/** Rows of one axis that fall into one, so that at most `size` are left. */
const bin = (length: number, size: number | undefined): number =>
  size === undefined ? 1 : Math.max(1, Math.ceil(length / size));

/** Rows without some columns, divided by what they have left; one with next to nothing left becomes zero. */
function without(values: ArrayLike<number>, columns: number, leaveOut: readonly number[]): Float32Array {
  const kept = Float32Array.from(values);
  for (let row = 0; row < kept.length; row += columns) {
    for (const column of leaveOut) if (column < columns) kept[row + column] = 0;
    let rest = 0;
    for (let c = 0; c < columns; c++) rest += kept[row + c]!;
    for (let c = 0; c < columns; c++) kept[row + c] = rest < LEAST_REST ? 0 : kept[row + c]! / rest;
  }
  return kept;
}

/**
 * Attention of some heads as it travels: half floats, pooled by the maximum to at most `size` rows and columns, after
 * the keys of `leaveOut` have left.
 *
 * @param maps [Tq, Tk] or [H, Tq, Tk] of each entry, in order; all of one site
 */
export function sliceOf(
  site: number,
  heads: readonly number[],
  maps: readonly Tensor[],
  size?: number,
  leaveOut: readonly number[] = [],
): AttentionSlice {
  const [rows, columns] = maps[0]!.dims.slice(-2) as [number, number];
  const [rowBin, columnBin] = [bin(rows, size), bin(columns, size)];
  const pooled = { rows: Math.ceil(rows / rowBin), columns: Math.ceil(columns / columnBin) };
  const data = new Uint16Array(heads.length * pooled.rows * pooled.columns);
  const largest = new Float32Array(pooled.columns);
  let at = 0;
  for (const map of maps) {
    const values = (
      leaveOut.length > 0 ? without(map.data as Float32Array, columns, leaveOut) : map.data
    ) as Float32Array;
    for (let start = 0; start < values.length; start += rows * columns)
      for (let i = 0; i < rows; i += rowBin) {
        largest.fill(0); // probabilities
        const end = start + Math.min(rows, i + rowBin) * columns;
        for (let row = start + i * columns; row < end; row += columns)
          for (let j = 0, c = 0; j < pooled.columns; j++) {
            let most = largest[j]!;
            for (const to = Math.min(columns, c + columnBin); c < to; c++) {
              const value = values[row + c]!;
              if (value > most) most = value;
            }
            largest[j] = most;
          }
        for (let j = 0; j < pooled.columns; j++) data[at++] = half(largest[j]!);
      }
  }
  return { site, heads, ...pooled, data };
}

/** One token's row (or column) of every head of some sites. */
export async function rowsOf(
  trace: Pick<Trace, "attention" | "sites">,
  token: number,
  side: HeadRows["side"],
): Promise<HeadRows> {
  const parts: Float32Array[] = [];
  for (const { index } of trace.sites) {
    const { dims, data } = await trace.attention(index);
    const [heads, rows, columns] = dims as [number, number, number];
    if (!(token >= 0 && token < (side === "query" ? rows : columns)))
      throw fail("bad-input", `no such token: ${token} (attention ${index} has ${rows} × ${columns})`);
    for (let head = 0; head < heads; head++) {
      const own = (data as Float32Array).subarray(head * rows * columns, (head + 1) * rows * columns);
      parts.push(
        side === "query"
          ? own.slice(token * columns, (token + 1) * columns)
          : Float32Array.from({ length: rows }, (_, row) => own[row * columns + token]!),
      );
    }
  }
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return { token, side, data: whole };
}

/** A head's scoring as it travels: arrays of its own, so that they can be transferred. */
export function scoringSlice(site: number, head: number, scoring: HeadScoring, attention: Tensor): ScoringSlice {
  const { queries, keys, logits, extra, scale, cap, parts, before } = scoring;
  const own = ({ data }: Tensor): Float32Array => Float32Array.from(data as Float32Array);
  return {
    ...{ site, head, scale, cap, parts, before },
    tokens: queries.dims[0]!,
    width: queries.dims[1]!,
    queries: own(queries),
    keys: own(keys),
    logits: own(logits),
    attention: own(attention),
    extra: extra?.slice() ?? null,
  };
}
