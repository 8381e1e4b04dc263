import { float32, type Tensor } from "../tensor/tensor";
import { centerCrop } from "./crop";
import type { Preparation, Size } from "./preparation";
import { resize } from "./resample";
import type { Rgb } from "./rgb";

/** An image as a model reads it. */
export interface Prepared {
  /** Resized and cropped: what is seen of it. */
  readonly picture: Rgb;
  /** [3, h, w] */
  readonly pixels: Tensor;
}

/** Makes an image ready: resized, cropped, rescaled, normalised, in this order and as transformers' processors do with Pillow. */
export function prepare(image: Rgb, preparation: Preparation): Prepared {
  const { resize: wanted, crop } = preparation;
  const [width, height] = wanted ? sizeFor(image, wanted.size) : [image.width, image.height];
  const sized = wanted ? resize(image, width, height, wanted.filter) : image;
  const picture = crop ? centerCrop(sized, crop.width, crop.height) : sized;
  const area = picture.width * picture.height;
  const pixels = new Float32Array(3 * area);
  for (let channel = 0; channel < 3; channel++) {
    const table = Float32Array.from({ length: 256 }, (_, value) => numberFor(value, channel, preparation));
    for (let i = 0; i < area; i++) pixels[channel * area + i] = table[picture.data[3 * i + channel]];
  }
  return { picture, pixels: float32([3, picture.height, picture.width], pixels) };
}

/** What an 8-bit value becomes. */
export function numberFor(value: number, channel: number, { rescale, normalize }: Preparation): number {
  const scaled = rescale === null ? value : value * rescale;
  return normalize ? (scaled - normalize.mean[channel]) / normalize.std[channel] : scaled;
}

/** [width, height] of an image once it is resized. */
function sizeFor({ width, height }: Rgb, size: Size): readonly [number, number] {
  if (size.kind === "exact") return [size.width, size.height];
  const { edge } = size;
  return width <= height ? [edge, Math.trunc((edge * height) / width)] : [Math.trunc((edge * width) / height), edge];
}
