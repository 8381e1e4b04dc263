import { float32, type Tensor } from "../tensor/tensor";
import type { Encoding, PatchGrid } from "../text/encoding";

/** A patch's name: its row and column, counted from 1. */
export const patchName = (row: number, column: number): string => `r${row + 1}c${column + 1}`;

/**
 * An image as tokens: names of those before its patches and behind them, and a patch each between. Only patches may be
 * taken away, so all others are special.
 */
export function imageEncoding(patches: PatchGrid, before: readonly string[], behind: readonly string[]): Encoding {
  const own = Array.from({ length: patches.rows * patches.columns }, (_, i) =>
    patchName(Math.floor(i / patches.columns), i % patches.columns),
  );
  const tokens = [...before, ...own, ...behind];
  const isPatch = (i: number) => i >= before.length && i < before.length + own.length;
  return {
    ids: tokens.map((_, i) => i),
    tokens,
    pieces: tokens,
    offsets: tokens.map(() => null),
    mask: tokens.map(() => 1),
    segments: tokens.map(() => 0),
    special: tokens.map((_, i) => !isPatch(i)),
    words: tokens.map((_, i) => (isPatch(i) ? i - before.length : null)),
    patches,
  };
}

/** How many patches there are. */
export const patchCount = ({ rows, columns }: Pick<PatchGrid, "rows" | "columns">): number => rows * columns;

/** Lines of patches in pixels [3, h, w]: `at` in the pixels, and `number` in the patch's own [3, p, p]. */
function eachLine(
  { columns, height, width, step: [tall, wide] }: PatchGrid,
  patch: number,
  visit: (at: number, number: number) => void,
): void {
  const [top, left] = [Math.floor(patch / columns) * tall, (patch % columns) * wide];
  for (let channel = 0; channel < 3; channel++)
    for (let y = 0; y < tall; y++) visit((channel * height + top + y) * width + left, (channel * tall + y) * wide);
}

const sizeOf = ({ step: [tall, wide] }: PatchGrid): number => 3 * tall * wide;

/**
 * Numbers of pixels [3, h, w], a row for each of so many tokens: those of its patch, [T, 3 · p · p]. Tokens without a
 * patch have zeros. Pixels that no patch holds, at the right and below, are left out.
 */
export function byPatch(pixels: Tensor, patches: PatchGrid, tokens: number): Tensor {
  const each = sizeOf(patches);
  const wide = patches.step[1];
  const from = pixels.data as Float32Array;
  const data = new Float32Array(tokens * each);
  for (let patch = 0; patch < patchCount(patches); patch++) {
    const start = (patches.first + patch) * each;
    eachLine(patches, patch, (at, number) => data.set(from.subarray(at, at + wide), start + number));
  }
  return float32([tokens, each], data);
}

/** The other way: pixels of what `byPatch` gave, over those of `beneath`, which keeps what no patch holds. */
export function fromPatches(rows: Tensor, patches: PatchGrid, beneath: Tensor): Tensor {
  const each = sizeOf(patches);
  const wide = patches.step[1];
  const from = rows.data as Float32Array;
  const data = Float32Array.from(beneath.data as Float32Array);
  for (let patch = 0; patch < patchCount(patches); patch++) {
    const start = (patches.first + patch) * each;
    eachLine(patches, patch, (at, number) => data.set(from.subarray(start + number, start + number + wide), at));
  }
  return { ...beneath, data };
}

/** Pixels [3, h, w] with the patches of some tokens replaced by what is there in another image. */
export function replacePatches(pixels: Tensor, other: Tensor, patches: PatchGrid, tokens: Iterable<number>): Tensor {
  const wide = patches.step[1];
  const from = other.data as Float32Array;
  const data = Float32Array.from(pixels.data as Float32Array);
  for (const token of tokens) {
    const patch = token - patches.first;
    if (patch >= 0 && patch < patchCount(patches))
      eachLine(patches, patch, (at) => data.set(from.subarray(at, at + wide), at));
  }
  return { ...pixels, data };
}
