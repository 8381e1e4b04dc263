import { opaque, type Seen } from "../../image/seen";
import type { Encoding, PatchGrid } from "../../text/encoding";
import { BadFile, field, list, natural, optional, type Reader, text } from "../read";
import type { TensorSource } from "./tensors";

/** What a trace of an image says of it; its pixels are a tensor. */
export interface TraceImage {
  readonly name: string;
  /** Of the file that it was read from. */
  readonly original: { readonly width: number; readonly height: number };
  readonly patches: PatchGrid;
}

/** The tensor that holds the image as the model saw it: uint8 [h, w, 3], red, green, blue. */
export const IMAGE = "image";

/** Reads it; without `step` patches lie side by side over the whole, without `original` the file was of this size. */
export function readImage(at: Reader): TraceImage {
  const size = (of: Reader) => ({ width: natural(field(of, "width")), height: natural(field(of, "height")) });
  const { width, height } = size(at);
  const [rows, columns] = [natural(field(at, "rows")), natural(field(at, "columns"))];
  const step = optional(field(at, "step"), (of) => list(of, natural)) ?? [
    Math.floor(height / rows),
    Math.floor(width / columns),
  ];
  const [down = 0, across = 0] = step;
  if (step.length !== 2 || down * across * rows * columns === 0 || down * rows > height || across * columns > width)
    throw new BadFile(`bad ${at.path}: ${rows} × ${columns} patches of [${step}] pixels in ${height} × ${width}`);
  return {
    name: optional(field(at, "name"), text) ?? "image",
    original: optional(field(at, "original"), size) ?? { width, height },
    patches: { rows, columns, height, width, step: [down, across], first: natural(field(at, "first")) },
  };
}

/** As `readImage` reads it again. */
export const writeImage = ({ name, original, patches }: TraceImage): unknown => ({ name, original, ...patches });

/** The tokens of an image, of which each patch is one. Throws BadFile where they are too few, or a decoder's come too. */
export function withPatches(encoder: Encoding | null, decoder: Encoding | null, { patches }: TraceImage): Encoding {
  if (!encoder || decoder) throw new BadFile("bad about.image: it is of an encoder's tokens alone");
  const { first, rows, columns } = patches;
  if (first + rows * columns > encoder.ids.length)
    throw new BadFile(
      `bad about.image: ${rows} × ${columns} patches from token ${first} on, of ${encoder.ids.length} tokens`,
    );
  const isPatch = (i: number) => i >= first && i < first + rows * columns;
  // Only patches are of the image; whatever else the model reads stands for none of it.
  return { ...encoder, patches, special: encoder.ids.map((_, i) => !isPatch(i)) };
}

/** The pixels that came with a trace. */
export async function readSeen({ name, original, patches }: TraceImage, source: TensorSource): Promise<Seen> {
  const { height, width } = patches;
  const { data } = await source.slices(IMAGE, 0, height); // [height, width, 3]
  return { name, original, width, height, pixels: opaque(data as Uint8Array) };
}

/** Throws BadFile where the pixels are missing, or of another size. */
export function checkImage({ patches: { height, width } }: TraceImage, source: TensorSource): void {
  const found = source.shapes.get(IMAGE);
  if (found?.dtype !== "uint8" || found.dims.join() !== [height, width, 3].join())
    throw new BadFile(
      `bad ${IMAGE}: ${found ? `${found.dtype} [${found.dims}]` : "missing"} instead of uint8 [${height},${width},3]`,
    );
}
