import type { Tensor } from "../tensor/tensor";

/** The part of an image that a model read, in the size that it read it. */
export interface Seen {
  readonly name: string;
  /** Of the file. */
  readonly original: { readonly width: number; readonly height: number };
  readonly width: number;
  readonly height: number;
  /** RGBA. [height, width, 4] */
  readonly pixels: Uint8ClampedArray<ArrayBuffer>;
}

/** RGB [h, w, 3], each 0 to 255, as the opaque RGBA [h, w, 4] that is drawn. */
export function opaque(rgb: ArrayLike<number>): Uint8ClampedArray<ArrayBuffer> {
  const count = rgb.length / 3;
  const pixels = new Uint8ClampedArray(count * 4).fill(255);
  for (let i = 0; i < count; i++)
    for (let channel = 0; channel < 3; channel++) pixels[4 * i + channel] = rgb[3 * i + channel]!;
  return pixels;
}

/** The colours of RGBA [h, w, 4], uint8 [h, w, 3]. */
export function coloursOf({
  width,
  height,
  pixels,
}: Pick<Seen, "width" | "height"> & { readonly pixels: ArrayLike<number> }): Tensor {
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++)
    for (let channel = 0; channel < 3; channel++) data[3 * i + channel] = pixels[4 * i + channel]!;
  return { dtype: "uint8", dims: [height, width, 3], data };
}
