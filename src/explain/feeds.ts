import { batchAxis, type ModelInput } from "../graph/inputs";
import type { DType, Tensor, TypedArray } from "../tensor/tensor";
import { sizeOf, typedArrayOf } from "../tensor/tensor";
import type { Encoding } from "../text/encoding";
import type { ImageInput } from "./trace";

/** Rows of equal length, padded on the right where their masks say so. */
export interface TokenBatch {
  readonly ids: readonly (readonly number[])[];
  readonly mask: readonly (readonly number[])[];
  readonly segments: readonly (readonly number[])[];
}

/** Normalised pixels, [B, 3, h, w]. */
export interface PixelBatch {
  readonly pixels: Tensor;
}

export type Batch = TokenBatch | PixelBatch;

/** A single text, or a single image. */
export const batchOfOne = ({ ids, mask, segments, typeIds }: Encoding, image?: ImageInput): Batch =>
  image
    ? { pixels: { ...image.pixels, dims: [1, ...image.pixels.dims] } }
    : { ids: [ids], mask: [mask], segments: [typeIds ?? segments] };

export const rowsOf = (batch: Batch): number => ("pixels" in batch ? batch.pixels.dims[0] : batch.ids.length);

/** The tensors that a model is run with: caches empty, positions counted from 0. */
export function feedsOf(inputs: readonly ModelInput[], batch: Batch): Record<string, Tensor> {
  return Object.fromEntries(inputs.map((input) => [input.name, feedOf(input, batch)]));
}

function feedOf(input: ModelInput, batch: Batch): Tensor {
  const dtype = input.dtype === "float16" || input.dtype === "bfloat16" ? "float32" : input.dtype;
  const rows = rowsOf(batch);
  switch (input.role) {
    case "pixels":
      return pixelsOf(batch);
    case "ids":
      return table(dtype, tokensOf(batch, input.name).ids);
    case "mask":
      return table(dtype, tokensOf(batch, input.name).mask);
    case "segments":
      return table(dtype, tokensOf(batch, input.name).segments);
    case "positions":
      return table(
        dtype,
        tokensOf(batch, input.name)
          .ids.slice(0, input.dims?.[0] === 1 ? 1 : rows) // one row of places may be for all
          .map((row) => row.map((_, i) => i)),
      );
    case "cache position":
      return filled(dtype, [lengthOf(batch, input.name)], (i) => i);
    case "cache branch":
      return filled(dtype, [1], () => 0);
    case "kept logits":
      return filled(dtype, input.dims?.map(() => 1) ?? [], () => 0);
    case "head mask":
      return filled(dtype, input.dims?.map((d) => (typeof d === "number" ? d : 1)) ?? [], () => 1);
    case "past": {
      const dims = input.dims ?? [];
      const at = batchAxis(dims);
      return filled(
        dtype,
        dims.map((d, i) => (typeof d === "number" && d > 0 ? d : i === at ? rows : 0)),
        () => 0,
      );
    }
  }
}

function pixelsOf(batch: Batch): Tensor {
  if (!("pixels" in batch)) throw new Error("no image: the model reads pixel_values, not tokens");
  return batch.pixels;
}

function tokensOf(batch: Batch, name: string): TokenBatch {
  if ("pixels" in batch) throw new Error(`no tokens: the model reads ${name}, not pixels`);
  return batch;
}

const lengthOf = (batch: Batch, name: string): number => tokensOf(batch, name).ids[0].length;

const table = (dtype: DType, rows: readonly (readonly number[])[]): Tensor => {
  const width = rows[0]?.length ?? 0;
  return filled(dtype, [rows.length, width], (i) => rows[Math.floor(i / width)][i % width]);
};

function filled(dtype: DType, dims: readonly number[], value: (i: number) => number): Tensor {
  const data: TypedArray = new (typedArrayOf(dtype))(sizeOf(dims));
  const wide = data instanceof BigInt64Array || data instanceof BigUint64Array;
  for (let i = 0; i < data.length; i++) {
    if (wide) (data as BigInt64Array)[i] = BigInt(value(i));
    else (data as Float32Array)[i] = value(i);
  }
  return { dtype, dims, data };
}
