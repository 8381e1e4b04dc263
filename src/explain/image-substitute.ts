import { blur } from "../image/blur";
import { float32, type Tensor, zeros } from "../tensor/tensor";
import type { PatchGrid } from "../text/encoding";
import type { ImageInput } from "./trace";

/** A blur leaves nothing that is smaller than half a patch. */
const share = 0.5;

/**
 * What stands in for an image or parts of it, [3, h, w]: `mean` is the mean colour, which normalisation made 0; `blur` the
 * image under a Gaussian of half a patch; `black` and `white`.
 * @throws RangeError for another name, or a colour where nobody said how pixels were normalised
 */
export function substituteImage({ pixels, range }: ImageInput, { step }: PatchGrid, name: string): Tensor {
  const [, height, width] = pixels.dims;
  switch (name) {
    case "mean":
      return zeros("float32", pixels.dims);
    case "blur":
      return blur(pixels, share * Math.max(...step));
    case "black":
    case "white": {
      if (!range) throw new RangeError(`no ${name}: how these pixels were normalised isn't known`);
      const colour = range[name];
      return float32(
        pixels.dims,
        Float32Array.from({ length: pixels.data.length }, (_, i) => colour[Math.floor(i / (height * width))]),
      );
    }
    default:
      throw new RangeError(`no such replacement: ${name}; of images parts become mean or blur`);
  }
}
