import { type Filter, filters } from "./resample";

/** The file that says how images are made ready for a model. */
export const preparationFile = "preprocessor_config.json";

/** To what size an image is brought before it is cropped. */
export type Size =
  | { readonly kind: "exact"; readonly width: number; readonly height: number }
  /** Its shorter side, the longer one in proportion. */
  | { readonly kind: "shortest"; readonly edge: number };

/** How an image is made ready for a model: what isn't done is null. */
export interface Preparation {
  readonly resize: { readonly size: Size; readonly filter: Filter } | null;
  readonly crop: { readonly width: number; readonly height: number } | null;
  /** What 8-bit values are multiplied by. */
  readonly rescale: number | null;
  /** A number a channel, red, green and blue. */
  readonly normalize: { readonly mean: readonly number[]; readonly std: readonly number[] } | null;
}

/** Something in the file that can't be used. The message names the file and the field. */
export class BadPreparation extends Error {
  override readonly name = "BadPreparation";
}

const fail = (field: string, why: string): never => {
  throw new BadPreparation(`bad ${preparationFile}: ${field} ${why}`);
};

interface Defaults {
  readonly size: unknown;
  readonly resample: number;
  readonly crop_size: unknown;
  readonly mean: readonly number[];
  readonly std: readonly number[];
  /** Whether a size of one number is both sides, or the shorter one. */
  readonly square: boolean;
}

const half = [0.5, 0.5, 0.5];
const imagenet = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };
const clip = { mean: [0.48145466, 0.4578275, 0.40821073], std: [0.26862954, 0.26130258, 0.27577711] };
const exact = (side: number) => ({ height: side, width: side });
const vit: Defaults = { size: exact(224), resample: 2, crop_size: null, mean: half, std: half, square: true };
const cropped: Defaults = { ...vit, size: exact(256), resample: 3, crop_size: exact(224) };
const byEdge: Defaults = { ...cropped, size: { shortest_edge: 224 }, ...clip, square: false };

/** What transformers takes for a field that a file leaves out, by the class that the file names. */
const defaults: Readonly<Record<string, Defaults>> = {
  ViT: vit,
  DeiT: cropped,
  Beit: cropped,
  CLIP: byEdge,
  ChineseCLIP: byEdge,
  Bit: byEdge,
  Levit: { ...byEdge, ...imagenet },
  Siglip: { ...vit, resample: 3, square: false },
  Pvt: { ...vit, ...imagenet },
  DINOv3ViT: { ...vit, ...imagenet },
};

/** The class of a file, without the endings that say which version of it. */
function classOf({ image_processor_type: own, feature_extractor_type: older }: Json): string | null {
  const name = typeof own === "string" ? own : typeof older === "string" ? older : null;
  return name?.replace(/(ImageProcessor(Fast)?|FeatureExtractor)$/, "") ?? null;
}

type Json = Readonly<Record<string, unknown>>;

/**
 * Reads preprocessor_config.json. A field that it leaves out has the default of the class that it names, as in transformers.
 * @throws BadPreparation for what it leaves out where the class isn't known, and for what isn't done here
 */
export function readPreparation(json: Json): Preparation {
  const known = defaults[classOf(json) ?? ""] ?? null;
  const given = (field: string, fallback: unknown): unknown => json[field] ?? fallback;
  const does = (field: string, fallback: boolean): boolean => given(field, fallback) !== false;
  if (json.crop_pct !== undefined && json.crop_pct !== null) fail("crop_pct", "isn't done here");
  if (json.do_pad === true) fail("do_pad", "isn't done here: the model takes images of one size");
  const named = (field: string, fallback: unknown): unknown => {
    const value = given(field, fallback);
    return (
      value ?? fail(field, `is missing, and ${classOf(json) ?? "no class is named that"} has no default known here`)
    );
  };
  const resize = does("do_resize", true)
    ? {
        size: sizeOf("size", named("size", known?.size), known?.square ?? true),
        filter: filterOf(named("resample", known?.resample ?? 2)),
      }
    : null;
  const crops = does("do_center_crop", (known?.crop_size ?? json.crop_size ?? null) !== null);
  const crop = crops ? sizeOf("crop_size", named("crop_size", known?.crop_size), true) : null;
  if (crop?.kind === "shortest") return fail("crop_size", "has no height and width");
  return {
    resize,
    crop: crop && { width: crop.width, height: crop.height },
    rescale: does("do_rescale", true) ? numberOf("rescale_factor", given("rescale_factor", 1 / 255)) : null,
    normalize: does("do_normalize", true)
      ? {
          mean: channels("image_mean", named("image_mean", known?.mean)),
          std: channels("image_std", named("image_std", known?.std)),
        }
      : null,
  };
}

function numberOf(field: string, value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) && value > 0
    ? value
    : fail(field, `is ${JSON.stringify(value)}, not a number above 0`);
}

function channels(field: string, value: unknown): readonly number[] {
  const list = typeof value === "number" ? [value, value, value] : value;
  if (!Array.isArray(list) || list.length !== 3 || !list.every((v) => typeof v === "number" && Number.isFinite(v)))
    return fail(field, `is ${JSON.stringify(value)}, not three numbers`);
  if (field === "image_std" && list.includes(0)) return fail(field, "has a 0");
  return list;
}

function filterOf(value: unknown): Filter {
  const filter = filters[value as keyof typeof filters];
  return filter ?? fail("resample", `is ${JSON.stringify(value)}, not 0 to 5`);
}

/** Sizes come as `{height, width}`, `{shortest_edge}`, a pair, or one number. */
function sizeOf(field: string, value: unknown, square: boolean): Size {
  const side = (of: unknown): number => {
    if (typeof of === "number" && Number.isInteger(of) && of > 0) return of;
    return fail(field, `is ${JSON.stringify(value)}; it needs whole numbers: height and width, or shortest_edge`);
  };
  if (typeof value === "number")
    return square
      ? { kind: "exact", width: side(value), height: side(value) }
      : { kind: "shortest", edge: side(value) };
  if (Array.isArray(value)) return { kind: "exact", height: side(value[0]), width: side(value[1]) };
  const { height, width, shortest_edge: edge, longest_edge: longest } = (value ?? {}) as Json;
  if (longest !== undefined) return fail(field, "has a longest_edge, which isn't done here");
  if (edge !== undefined) return { kind: "shortest", edge: side(edge) };
  return { kind: "exact", height: side(height), width: side(width) };
}

/** The size of every image that comes out; null where it follows the image's own. [height, width] */
export function fixedSize({ resize, crop }: Preparation): readonly [number, number] | null {
  if (crop) return [crop.height, crop.width];
  return resize?.size.kind === "exact" ? [resize.size.height, resize.size.width] : null;
}

/** In words: "shortest edge to 256 by bicubic, centre 224 × 224, mean and deviation of each channel". */
export function preparationWords({ resize, crop, normalize }: Preparation): string {
  const size = resize?.size;
  return [
    size && (size.kind === "exact" ? `to ${size.width} × ${size.height}` : `shortest edge to ${size.edge}`),
    resize && `by ${resize.filter}`,
    crop && `centre ${crop.width} × ${crop.height}`,
    normalize && `mean ${normalize.mean.join(" ")}, deviation ${normalize.std.join(" ")}`,
  ]
    .filter(Boolean)
    .join(", ");
}
