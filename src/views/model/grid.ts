import type { AttentionCache, HeadWeights } from "../../store/attention";
import type { Shown } from "../../store/state";
import { fromHalf } from "../../tensor/half";
import type { HeadScores } from "../../worker/protocol";
import { planFor, readOnce, tokensOf } from "../heads/on-screen";
import { type CharacterId, charactersOf, scoresOf } from "../shared/characters";
import { attentionTable, type Palette } from "../shared/palette";
import { columnsLeftOut, type Plan } from "../shared/reading";
import type { Mark, Picture as PictureMark } from "../shared/scene";

export const LARGEST_PITCH = 96;
export const SMALLEST_PITCH = 22;
export const GAP = 4;
export const LABELS = 34;
export const TOP = 24;

/** How the grid of all heads stands: one row a site, one column a head. */
export interface Grid {
  readonly rows: number;
  readonly columns: number;
  readonly pitch: number;
  readonly cell: number;
}

/** Over an image what is smaller can't be read, and the grid scrolls. */
export const LEAST_OVER = 60;

/** As large as fits, within what is readable and what still is a thumbnail. */
export function gridOf(
  { sites }: Pick<Shown["model"], "sites">,
  width: number,
  height: number,
  least = SMALLEST_PITCH,
): Grid {
  const rows = sites.length;
  const columns = sites.reduce((most, { heads }) => Math.max(most, heads), 1);
  const wide = Math.floor((width - LABELS) / columns);
  const tall = Math.max(34, Math.floor((height - TOP) / rows));
  const pitch = Math.max(SMALLEST_PITCH, Math.min(LARGEST_PITCH, wide, Math.max(least, tall)));
  return { rows, columns, pitch, cell: pitch - GAP };
}

export const cellAt = ({ pitch }: Grid, row: number, column: number): { x: number; y: number } => ({
  x: LABELS + column * pitch,
  y: TOP + row * pitch,
});

/** How thumbnails of a pass are read: whole where the text is short, else pooled to their pixels in the worker. */
export interface Reading {
  readonly shown: Shown;
  /** Device pixels of a thumbnail. */
  readonly size: number;
  readonly hideSinks: boolean;
  readonly mergeWords: boolean;
}

export const planAt = ({ shown, hideSinks, mergeWords }: Omit<Reading, "size">, site: number): Plan =>
  planFor(shown, site, { mergeWords, hideSinks, filter: "all" });

/** The request for one site's thumbnails. */
export function requestFor(reading: Reading, site: number) {
  const { shown, size, hideSinks } = reading;
  const plan = planAt({ ...reading, mergeWords: false }, site);
  return {
    trace: shown.result.trace,
    site,
    tokens: tokensOf(shown),
    size,
    ...(hideSinks && { leaveOut: columnsLeftOut(plan) }),
  };
}

/** One thumbnail's weights, whole or pooled; null while they are on their way. [rows, columns] */
export function weightsOf(
  attention: AttentionCache,
  reading: Reading,
  site: number,
  head: number,
): { rows: number; columns: number; weights: Float32Array } | null {
  const kept: HeadWeights | undefined = attention.peek(requestFor(reading, site), head);
  if (!kept) return null;
  const plan = planAt(reading, site);
  const whole = kept.rows === plan.rows[1] - plan.rows[0] && kept.columns === plan.columns[1] - plan.columns[0];
  if (whole) return readOnce(kept, plan).reading;
  return { rows: kept.rows, columns: kept.columns, weights: fromHalf(kept.data) };
}

/** Weights as RGBA; of a causal head, what is later stays clear. */
export function pixelsOf(
  { rows, columns, weights }: { rows: number; columns: number; weights: Float32Array },
  palette: Palette,
  causal: boolean,
): Uint8ClampedArray<ArrayBuffer> {
  const table = new Uint32Array(attentionTable(palette).buffer);
  const pixels = new Uint8ClampedArray(rows * columns * 4);
  const words = new Uint32Array(pixels.buffer);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) {
      if (causal && j > i) continue;
      const weight = weights[i * columns + j]!;
      words[i * columns + j] = table[Math.max(0, Math.min(255, Math.round(weight * 255)))]!;
    }
  return pixels;
}

export const thumbnailMark = (
  grid: Grid,
  row: number,
  column: number,
  read: { rows: number; columns: number; weights: Float32Array },
  palette: Palette,
  causal: boolean,
): PictureMark => ({
  kind: "picture",
  ...cellAt(grid, row, column),
  width: grid.cell,
  height: grid.cell,
  columns: read.columns,
  rows: read.rows,
  pixels: pixelsOf(read, palette, causal),
});

/** The badge of a head among those that are switched on; null where it has none. */
export function badgeOf(
  scores: readonly HeadScores[] | null,
  off: readonly string[],
  site: number,
  head: number,
): { id: CharacterId; badge: string } | null {
  const of = scoresOf(scores, site, head);
  if (!of) return null;
  return charactersOf(of).find(({ id }) => !off.includes(id)) ?? null;
}

/** A badge in the upper right corner of a thumbnail, on its own ground where data may be under it. */
export function badgeMarks(grid: Grid, row: number, column: number, badge: string, palette: Palette): Mark[] {
  const { x, y } = cellAt(grid, row, column);
  const size = grid.cell < 30 ? 9 : 12;
  const right = x + grid.cell - 3;
  const half = size * 0.4;
  return [
    {
      kind: "rect",
      x: right - 2 * half - 1,
      y: y + 1,
      width: 2 * half + 3,
      height: size + 3,
      radius: 2,
      fill: palette.surface,
    },
    {
      kind: "text",
      x: right - half,
      y: y + size,
      text: badge,
      fill: palette.ink,
      font: "tok",
      size,
      weight: 700,
      anchor: "middle",
    },
  ];
}
