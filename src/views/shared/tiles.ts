import { scaleMarks, shift, words } from "./marks";
import type { Palette } from "./palette";
import { heightFor, type Patched, type PatchFocus, type PatchMap, patchMarks } from "./patches";
import type { Mark, Scene } from "./scene";

/** One map over the image, with what it is called. */
export interface Tile {
  readonly id: string;
  readonly title: string;
  /** The title where there is no room for all of it. */
  readonly short?: string;
  /** At the other end of the caption: its largest value. */
  readonly aside: string;
  /** The same where there is no room. */
  readonly brief?: string;
  /** A dot before the title: the colour of a head. */
  readonly dot?: string;
  /** Null while it is on its way. */
  readonly map: PatchMap | null;
}

export const CAPTION = 22;
export const GAP = 16;
const NARROWEST = 140;
/** Below this captions are short. */
export const TIGHT_TILE = 180;
const WIDEST = 420;

/** How wide tiles are drawn so that all fit a frame, or scroll where they would be too small. `ratio` is height by width. */
export function tileWidth(count: number, width: number, height: number, ratio: number): number {
  let best = Math.min(NARROWEST, count > 1 ? (width - GAP) / 2 : width);
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns);
    const across = (width - (columns - 1) * GAP) / columns;
    const down = (height - rows * CAPTION - (rows - 1) * GAP) / rows / ratio;
    best = Math.max(best, Math.min(across, down));
  }
  return Math.floor(Math.min(WIDEST, Math.max(1, width), best));
}

/** How wide a figure has them: one alone is larger. */
export const figureTile = (count: number): number => (count === 1 ? 320 : 220);

/** Tiles side by side from (0, 0) on, as a figure has them, and how high they are together. */
export function tileMarks(
  of: Patched,
  tiles: readonly Tile[],
  focus: PatchFocus,
  palette: Palette,
  width: number,
): { readonly marks: Mark[]; readonly height: number } {
  const wide = figureTile(tiles.length);
  const columns = Math.max(1, Math.min(tiles.length, Math.floor((width + GAP) / (wide + GAP))));
  const tall = heightFor(of, wide) + CAPTION + GAP;
  const marks = tiles.flatMap(({ title, aside, dot, map }, i): Mark[] => {
    const caption: Mark[] = [
      ...(dot ? [{ kind: "rect" as const, x: 0, y: 3, width: 9, height: 9, radius: 2, fill: dot }] : []),
      words(dot ? 14 : 0, 11, title, palette.ink2),
      words(wide, 11, aside, palette.ink3, { anchor: "end" }),
    ];
    return shift(
      [...caption, ...shift(patchMarks(of, map, focus, palette, wide), 0, CAPTION - 4)],
      (i % columns) * (wide + GAP),
      Math.floor(i / columns) * tall,
    );
  });
  return { marks, height: Math.ceil(tiles.length / columns) * tall - GAP };
}

const EDGE = 24;
const ABOVE = 66;

/** Tiles as a figure by themselves: what they show, their scale, and notes of a line each. */
export function tilesFigure(
  of: Patched,
  tiles: readonly Tile[],
  told: {
    readonly title: string;
    readonly about: string;
    readonly description: string;
    readonly signed: boolean;
    readonly ends: readonly [string, string];
    readonly notes: readonly string[];
    readonly pinned: number | null;
  },
  palette: Palette,
  width: number,
): Scene {
  const wide = Math.max(560, width);
  const focus = { pinned: told.pinned, hovered: null };
  const drawn = tileMarks(of, tiles, focus, palette, wide - 2 * EDGE);
  const legend = ABOVE + drawn.height + 16;
  const notes = told.notes.filter((note) => note !== "");
  return {
    title: `${told.about}: ${told.title}`,
    description: told.description,
    width: wide,
    height: legend + 28 + notes.length * 17,
    background: palette.surface,
    marks: [
      words(EDGE, 28, told.title, palette.ink, { size: 13, weight: 600 }),
      words(EDGE, 46, `${told.about} · ${of.seen.name}`, palette.ink3),
      ...shift(drawn.marks, EDGE, ABOVE),
      ...scaleMarks(palette, told.signed, EDGE, legend, 120, told.ends),
      ...notes.map((note, i) => words(EDGE, legend + 30 + i * 17, note, palette.ink2)),
    ],
  };
}
