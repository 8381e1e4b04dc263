import { half } from "../tensor/half";
import type { Tensor } from "../tensor/tensor";
import type { AttentionSlice } from "./protocol";

/** Rows of one axis that fall into one, so that at most `size` are left. */
const bin = (length: number, size: number | undefined): number =>
  size === undefined ? 1 : Math.max(1, Math.ceil(length / size));

/**
 * Attention of some heads as it travels: half floats, pooled by the maximum to at most `size` rows and columns.
 *
 * @param maps [Tq, Tk] or [H, Tq, Tk] of each entry, in order; all of one site
 */
export function sliceOf(
  site: number,
  heads: readonly number[],
  maps: readonly Tensor[],
  size?: number,
): AttentionSlice {
  const [rows, columns] = maps[0]!.dims.slice(-2) as [number, number];
  const [rowBin, columnBin] = [bin(rows, size), bin(columns, size)];
  const pooled = { rows: Math.ceil(rows / rowBin), columns: Math.ceil(columns / columnBin) };
  const data = new Uint16Array(heads.length * pooled.rows * pooled.columns);
  let head = 0;
  for (const { data: values } of maps)
    for (let start = 0; start < values.length; start += rows * columns, head++)
      for (let i = 0; i < pooled.rows; i++)
        for (let j = 0; j < pooled.columns; j++) {
          let largest = 0; // probabilities
          for (let r = i * rowBin; r < Math.min(rows, (i + 1) * rowBin); r++)
            for (let c = j * columnBin; c < Math.min(columns, (j + 1) * columnBin); c++)
              largest = Math.max(largest, values[start + r * columns + c] as number);
          data[(head * pooled.rows + i) * pooled.columns + j] = half(largest);
        }
  return { site, heads, ...pooled, data };
}
