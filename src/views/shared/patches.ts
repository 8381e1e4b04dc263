import type { Seen } from "../../image/seen";
import type { Shown } from "../../store/state";
import type { PatchGrid } from "../../text/encoding";
import { shareOf, type Values } from "./explained";
import { shade } from "./marks";
import { attentionTable, inkOn, type Palette, signedTable } from "./palette";
import type { Mark, Picture, Rect } from "./scene";

/** The image that was run, and where its tokens are. */
export interface Patched {
  readonly seen: Seen;
  readonly patches: PatchGrid;
}

/** Null for texts. */
export function patchedOf({ result: { seen, encoding } }: Pick<Shown, "result">): Patched | null {
  return seen && encoding.patches ? { seen, patches: encoding.patches } : null;
}

/** A value a patch, row by row, to be laid over the image. */
export interface PatchMap {
  readonly values: Values;
  readonly signed: boolean;
  /** The value whose colour is the strongest. */
  readonly peak: number;
}

/** A map of values that are by token; its peak is the largest magnitude among patches. */
export function patchMap({ rows, columns, first }: PatchGrid, byToken: ArrayLike<number>, signed: boolean): PatchMap {
  const values = Array.from({ length: rows * columns }, (_, p) => byToken[first + p] ?? 0);
  return { values, signed, peak: values.reduce((most, v) => Math.max(most, Math.abs(v)), 0) };
}

/** The patch of a token; null for one that has none. */
export function patchOf({ rows, columns, first }: PatchGrid, token: number | undefined): number | null {
  const patch = token === undefined ? -1 : token - first;
  return patch >= 0 && patch < rows * columns ? patch : null;
}

/** Row and column of a token's patch, from 1 on as its name has them; empty where it has none. */
export function placeOf(patches: PatchGrid, token: number): readonly [number | string, number | string] {
  const patch = patchOf(patches, token);
  return patch === null ? ["", ""] : [Math.floor(patch / patches.columns) + 1, (patch % patches.columns) + 1];
}

/** The patch at a place of the image that is drawn so wide; null beside it. */
export function patchAt(
  { patches: { rows, columns, step, width: wide } }: Patched,
  width: number,
  x: number,
  y: number,
): number | null {
  const scale = wide / width;
  const [row, column] = [Math.floor((y * scale) / step[0]), Math.floor((x * scale) / step[1])];
  return row >= 0 && row < rows && column >= 0 && column < columns ? row * columns + column : null;
}

const crops = new WeakMap<Seen, Map<number, Picture["pixels"]>>();

/** A patch's own pixels as a square mark, for beside its name. */
export function cropMark({ seen, patches }: Patched, patch: number, x: number, y: number, size: number): Picture {
  const [tall, wide] = patches.step;
  const kept = crops.get(seen) ?? new Map<number, Picture["pixels"]>();
  crops.set(seen, kept);
  let pixels = kept.get(patch);
  if (!pixels) {
    pixels = new Uint8ClampedArray(tall * wide * 4);
    const [top, left] = [Math.floor(patch / patches.columns) * tall, (patch % patches.columns) * wide];
    for (let row = 0; row < tall; row++) {
      const from = ((top + row) * seen.width + left) * 4;
      pixels.set(seen.pixels.subarray(from, from + wide * 4), row * wide * 4);
    }
    kept.set(patch, pixels);
  }
  return { kind: "picture", x, y, width: size, height: size, columns: wide, rows: tall, pixels, smooth: true };
}

/** What a person wants read off the image. */
export interface PatchFocus {
  readonly pinned: number | null;
  readonly hovered: number | null;
}

/** Where greys end up under a map, so that its colours are told from them: near the ground in either scheme. */
const washed = { light: { from: 118, to: 255 }, dark: { from: 14, to: 128 } } as const;
/** From this share of the maximum on a negative patch carries its dash: fainter ones have hardly a colour. */
const AGAINST = 0.15;
/** The strongest colour lets a little of the image through. */
const MOST = 0.92;

const greys = new WeakMap<Seen, Map<string, Picture["pixels"]>>();

/** The image in greys that leave room for colour. */
function grey(seen: Seen, { scheme }: Palette): Picture["pixels"] {
  const kept = greys.get(seen) ?? new Map<string, Picture["pixels"]>();
  greys.set(seen, kept);
  const known = kept.get(scheme);
  if (known) return known;
  const { from, to } = washed[scheme];
  const pixels = new Uint8ClampedArray(seen.pixels.length);
  for (let i = 0; i < pixels.length; i += 4) {
    const light = 0.2126 * seen.pixels[i]! + 0.7152 * seen.pixels[i + 1]! + 0.0722 * seen.pixels[i + 2]!;
    pixels.fill(from + (light / 255) * (to - from), i, i + 3);
    pixels[i + 3] = 255;
  }
  kept.set(scheme, pixels);
  return pixels;
}

/** One pixel a patch: its value's colour, the fainter the smaller. */
function overlay({ values, signed, peak }: PatchMap, palette: Palette): Picture["pixels"] {
  const pixels = new Uint8ClampedArray(4 * values.length);
  const table = signed ? signedTable(palette) : attentionTable(palette);
  values.forEach((value, p) => {
    const share = shareOf(value, peak);
    const at = 4 * Math.round(signed ? 127.5 * (share + 1) : 255 * share);
    for (let channel = 0; channel < 3; channel++) pixels[4 * p + channel] = table[at + channel]!;
    pixels[4 * p + 3] = 255 * MOST * Math.abs(share) ** 0.7;
  });
  return pixels;
}

/** How high an image is that is drawn so wide. */
export const heightFor = ({ seen }: Patched, width: number): number => (width * seen.height) / seen.width;

/** The image alone, from (0, 0) on, so wide: as it is, or in greys that values lie over. */
export function imageMark({ seen }: Patched, under: "map" | "nothing", palette: Palette, width: number): Picture {
  return {
    kind: "picture",
    ...{ x: 0, y: 0, width, height: width * (seen.height / seen.width), columns: seen.width, rows: seen.height },
    pixels: under === "map" ? grey(seen, palette) : seen.pixels,
    smooth: true,
  };
}

/** What lies over an image that is drawn so wide: values, a dash on each negative one, and frames of what is read. */
export function overMarks(
  { seen, patches }: Patched,
  map: PatchMap | null,
  { pinned, hovered }: PatchFocus,
  palette: Palette,
  width: number,
): Mark[] {
  const scale = width / seen.width;
  const [tall, wide] = [patches.step[0] * scale, patches.step[1] * scale];
  const { rows, columns } = patches;
  const frame = (patch: number, stroke: string, strokeWidth: number, out: number): Rect => ({
    kind: "rect",
    x: (patch % columns) * wide - out,
    y: Math.floor(patch / columns) * tall - out,
    width: wide + 2 * out,
    height: tall + 2 * out,
    stroke,
    strokeWidth,
  });
  const marks: Mark[] = [];
  if (map) {
    const pixels = overlay(map, palette);
    marks.push({ kind: "picture", x: 0, y: 0, width: columns * wide, height: rows * tall, columns, rows, pixels });
    map.values.forEach((value, p) => {
      const share = shareOf(value, map.peak);
      if (!map.signed || share > -AGAINST) return;
      const dash = Math.min(10, wide * 0.5);
      marks.push({
        kind: "rect",
        x: (p % columns) * wide + (wide - dash) / 2,
        y: (Math.floor(p / columns) + 0.5) * tall - 0.8,
        width: dash,
        height: 1.6,
        fill: inkOn(shade(palette, true, share)),
      });
    });
  }
  if (hovered !== null && hovered !== pinned)
    marks.push(frame(hovered, "#000000", 1, 1.5), frame(hovered, palette.mark, 2, 0));
  if (pinned !== null) marks.push(frame(pinned, "#ffffff", 1, 1.75), frame(pinned, "#14171c", 2.5, 0));
  return marks;
}

/** An image from (0, 0) on, so wide, with all that lies over it. */
export const patchMarks = (
  of: Patched,
  map: PatchMap | null,
  focus: PatchFocus,
  palette: Palette,
  width: number,
): Mark[] => [imageMark(of, map ? "map" : "nothing", palette, width), ...overMarks(of, map, focus, palette, width)];
