import type { Tap } from "../../graph/anatomy";
import { readTap } from "../../graph/anatomy/read";
import { toFloat32 } from "../../tensor/half";
import type { Tensor } from "../../tensor/tensor";
import type { Batch } from "../feeds";

export const largest = (errors: readonly (number | null)[]): number | null =>
  errors.some((e) => e === null) ? null : Math.max(0, ...(errors as number[]));

/** Over the batch's attended rows; of `keys` alone, where these are told. */
export function tapError(
  tap: Tap,
  tensor: Tensor,
  golden: Tensor | undefined,
  batch: Batch,
  columns: "key" | "width",
  keys: "all" | "attended" = "all",
): number | null {
  if (!golden) return null;
  const reference = toFloat32(golden);
  const rows = rowNumbers(batch);
  const part = reference.length / rows.length;
  let worst = 0;
  for (const b of rows) {
    const { dims, data } = readTap(tensor, tap.layout, sizesOf(batch), columns, b);
    if (data.length !== part) return null;
    const width = dims[2];
    for (let i = 0; i < data.length; i++) {
      if (!attended(batch, b, Math.floor(i / width) % dims[1])) continue;
      if (keys === "attended" && columns === "key" && !attended(batch, b, i % width)) continue;
      const difference = Math.abs((data as Float32Array)[i] - reference[b * part + i]);
      if (!(difference <= worst)) worst = difference;
    }
  }
  return worst;
}

export function maxDifference(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let worst = 0;
  a.forEach((v, i) => {
    const difference = Math.abs(v - b[i]);
    if (!(difference <= worst)) worst = difference;
  });
  return worst;
}

export const rowNumbers = (batch: Batch): readonly number[] =>
  Array.from({ length: "pixels" in batch ? batch.pixels.dims[0] : batch.ids.length }, (_, i) => i);

export const attended = (batch: Batch, row: number, position: number): boolean =>
  "pixels" in batch || batch.mask[row][position] === 1;

export const sizesOf = (batch: Batch) =>
  "pixels" in batch
    ? { batch: batch.pixels.dims[0], tokens: 0 }
    : { batch: batch.ids.length, tokens: batch.ids[0].length };

/** The rows that a golden input holds; null where it has none for a single stack. */
export function batchOf(goldens: ReadonlyMap<string, Tensor>, input: string): Batch | null {
  const pixels = goldens.get(`${input}.pixel_values`);
  if (pixels) {
    const dims = pixels.dims.length === 3 ? [1, ...pixels.dims] : pixels.dims;
    return { pixels: { dtype: "float32", dims, data: toFloat32(pixels) } };
  }
  const table = (name: string): number[][] | null => {
    const tensor = goldens.get(`${input}.${name}`);
    if (!tensor) return null;
    const width = tensor.dims[tensor.dims.length - 1];
    const flat = Array.from(tensor.data as ArrayLike<number | bigint>, Number);
    return Array.from({ length: flat.length / width }, (_, r) => flat.slice(r * width, (r + 1) * width));
  };
  const ids = table("input_ids");
  if (!ids) return null;
  return {
    ids,
    mask: table("attention_mask") ?? ids.map((r) => r.map(() => 1)),
    segments: table("token_type_ids") ?? ids.map((r) => r.map(() => 0)),
  };
}
