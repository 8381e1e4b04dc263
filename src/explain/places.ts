import type { Anatomy, Tap } from "../graph/anatomy";
import { readTap, type Sizes } from "../graph/anatomy/read";
import type { Tensor } from "../tensor/tensor";
import type { Place } from "./passes";

/** A value of the graph that a place stands for. */
export interface Found {
  readonly value: string;
  /** One batch row of it, of the shape that the place has. */
  readonly row: (tensor: Tensor, sizes: Sizes, row: number) => Tensor;
}

/** Where a place is in a graph; null where it wasn't found in it. */
export function placeIn({ embedding, residual, sites }: Anatomy, place: Place): Found | null {
  switch (place.at) {
    case "embedding":
      return embedding.lookup ? stream(embedding.rows) : { value: embedding.sources[0], row: slice };
    case "residual":
      return stream(residual?.layers[place.layer] ?? null);
    case "final norm":
      return stream(residual?.finalNorm ?? null);
    case "module":
      return stream(sites[place.site]?.module ?? null);
    case "probs":
      return heads(sites[place.site]?.probs ?? null, "key");
    case "heads":
      return heads(sites[place.site]?.mixed ?? null, "width");
  }
}

export const nameOf = (place: Place): string =>
  "layer" in place ? `${place.at} ${place.layer}` : "site" in place ? `${place.at} ${place.site}` : place.at;

const heads = (tap: Tap | null, columns: "key" | "width"): Found | null =>
  tap && { value: tap.value, row: (tensor, sizes, row) => readTap(tensor, tap.layout, sizes, columns, row) };

const stream = (tap: Tap | null): Found | null =>
  tap && {
    value: tap.value,
    row: (tensor, sizes, row) => {
      const { dtype, dims, data } = readTap(tensor, tap.layout, sizes, "width", row);
      return { dtype, dims: dims.slice(1), data };
    },
  };

function slice({ dims, data }: Tensor, _sizes: Sizes, row: number): Tensor {
  const each = data.length / dims[0];
  return { dtype: "float32", dims: dims.slice(1), data: (data as Float32Array).slice(row * each, (row + 1) * each) };
}
