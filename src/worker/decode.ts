import type { Rgb } from "../image/rgb";
import { fail } from "./failure";

/** Larger pictures would need more memory than a canvas gives. */
const mostPixels = 100e6;

/**
 * The pixels of an image file in any format that the browser reads, turned as its EXIF says, on white where it is see-through.
 * Colours stay as the file has them: a colour profile isn't applied, as Pillow doesn't.
 *
 * @throws bad-input where the browser can't read it, or it is too large
 */
export async function decodeImage(image: Blob, name: string): Promise<Rgb> {
  if (typeof OffscreenCanvas === "undefined")
    throw fail("bad-input", `not read: ${name} (this browser has no canvas in workers, which images need)`);
  const bitmap = await createImageBitmap(image, {
    imageOrientation: "from-image",
    colorSpaceConversion: "none",
  }).catch(() => {
    throw fail("bad-input", `not an image: ${name} (this browser can't read it as one)`);
  });
  try {
    const { width, height } = bitmap;
    if (width * height > mostPixels)
      throw fail(
        "bad-input",
        `too large: ${name} has ${width} × ${height} pixels, ${mostPixels / 1e6} million at most`,
      );
    const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
    if (!context) throw fail("bad-input", `not read: ${name} (no canvas for ${width} × ${height} pixels)`);
    context.fillStyle = "#ffffff";
    context.fillRect(0, 0, width, height);
    context.drawImage(bitmap, 0, 0);
    const rgba = context.getImageData(0, 0, width, height).data;
    const data = new Uint8Array(width * height * 3);
    for (let i = 0, at = 0; i < rgba.length; i += 4) {
      data[at++] = rgba[i]!;
      data[at++] = rgba[i + 1]!;
      data[at++] = rgba[i + 2]!;
    }
    return { width, height, data };
  } finally {
    bitmap.close();
  }
}
