import type { HeadScoring } from "../explain/scoring";
import type { Trace } from "../explain/trace";
import { half, toFloat32 } from "../tensor/half";
import { sizeOf, type Tensor } from "../tensor/tensor";
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

/** The largest half: those above it are NaN or, of either sign, negative. */
const INFINITE_HALF = 0x7c00;

/**
 * Attention of some heads as it travels: half floats, pooled by the maximum to at most `size` rows and columns, after
 * the keys of `leaveOut` have left.
 *
 * @param maps [Tq, Tk] or [H, Tq, Tk] of each entry, in order; all of one site, float32 or float16
 */
export function sliceOf(
  site: number,
  heads: readonly number[],
  maps: readonly Tensor[],
  size?: number,
  leaveOut: readonly number[] = [],
): AttentionSlice {
  const [rows, columns] = maps[0]!.dims.slice(-2) as [number, number];
  const bins = [bin(rows, size), bin(columns, size)] as const;
  const pooled = { rows: Math.ceil(rows / bins[0]), columns: Math.ceil(columns / bins[1]) };
  const data = new Uint16Array(heads.length * pooled.rows * pooled.columns);
  let at = 0;
  for (const map of maps) {
    const start = at;
    at += (sizeOf(map.dims) / (rows * columns)) * pooled.rows * pooled.columns;
    const to = data.subarray(start, at);
    if (map.dtype === "float16" && leaveOut.length === 0) {
      // Halves that aren't negative have the order of their bits.
      pool(map.data as Uint16Array, [rows, columns], bins, INFINITE_HALF, to);
      continue;
    }
    const all = toFloat32(map);
    const floats = new Float32Array(to.length);
    const kept = leaveOut.length > 0 ? without(all, columns, leaveOut) : all;
    pool(kept, [rows, columns], bins, Number.POSITIVE_INFINITY, floats);
    for (let i = 0; i < to.length; i++) to[i] = half(floats[i]!);
  }
  return { site, heads, ...pooled, data };
}

/** The maximum of each block of rows and columns, 0 at least and of what is `most` at most. [H, Tq, Tk] to [H, rows, columns] */
function pool<Numbers extends Float32Array | Uint16Array>(
  from: Numbers,
  [rows, columns]: readonly [number, number],
  [rowBin, columnBin]: readonly [number, number],
  most: number,
  to: Numbers,
): void {
  const across = Math.ceil(columns / columnBin);
  let at = 0;
  for (let start = 0; start < from.length; start += rows * columns)
    for (let i = 0; i < rows; i += rowBin, at += across) {
      const end = start + Math.min(rows, i + rowBin) * columns;
      for (let row = start + i * columns; row < end; row += columns)
        for (let j = 0, c = 0; j < across; j++) {
          let largest = to[at + j]!;
          for (const last = Math.min(columns, c + columnBin); c < last; c++) {
            const value = from[row + c]!;
            if (value > largest && value <= most) largest = value;
          }
          to[at + j] = largest;
        }
    }
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
