import type { Rgb } from "./rgb";

/** The middle of a picture; black around it where it is smaller than that. As transformers' `center_crop`. */
export function centerCrop(picture: Rgb, width: number, height: number): Rgb {
  if (width === picture.width && height === picture.height) return picture;
  const data = new Uint8Array(width * height * 3);
  const left = offset(picture.width, width);
  const top = offset(picture.height, height);
  const [from, to] = [Math.max(0, -left), Math.min(width, picture.width - left)];
  for (let y = Math.max(0, -top); y < Math.min(height, picture.height - top); y++) {
    const row = ((y + top) * picture.width + left) * 3;
    data.set(picture.data.subarray(row + from * 3, row + to * 3), (y * width + from) * 3);
  }
  return { width, height, data };
}

/** Where a crop starts in a picture; below 0 where the picture is smaller. */
const offset = (size: number, crop: number): number => Math.floor((size - crop) / 2);
