import type { Shown } from "../../store/state";
import type { HeadRows, HeadScores } from "../../worker/protocol";
import { LEAST_REST } from "../../worker/protocol";
import { figure } from "../shared/explained";
import { scaleMarks, shift, words } from "../shared/marks";
import type { Palette } from "../shared/palette";
import { heightFor, imageMark, overMarks, type Patched, type PatchMap, patchMap } from "../shared/patches";
import type { Mark, Scene } from "../shared/scene";
import { badgeMarks, badgeOf, cellAt, type Grid, LABELS, TOP } from "./grid";

/** One token's attention in every head, a map over the image each: by site, then by head. */
export function mapsOf(
  { model, result }: Shown,
  { patches }: Patched,
  { data, side }: HeadRows,
  hideSinks: boolean,
): PatchMap[][] {
  const T = result.encoding.ids.length;
  let at = 0;
  return model.sites.map(({ heads }) =>
    Array.from({ length: heads }, () => {
      const row = data.subarray(at, at + T);
      at += T;
      return patchMap(patches, hideSinks && side === "query" ? withoutSinks(row, result.encoding.special) : row, false);
    }),
  );
}

/** A row divided by what it has left without special tokens; one with next to nothing left becomes zero. */
function withoutSinks(row: Float32Array, special: readonly boolean[]): Float32Array {
  const rest = row.reduce((sum, v, i) => (special[i] ? sum : sum + v), 0);
  return row.map((v, i) => (special[i] || rest < LEAST_REST ? 0 : v / rest));
}

/** Where the image of a head stands in the grid, and how wide it is there. */
function placeOf(of: Patched, grid: Grid, row: number, head: number) {
  const ratio = heightFor(of, 1);
  const width = ratio > 1 ? grid.cell / ratio : grid.cell;
  const { x, y } = cellAt(grid, row, head);
  return { x: x + (grid.cell - width) / 2, y: y + (grid.cell - width * ratio) / 2, width };
}

/** The image once for each head. */
export const imageMarks = (of: Patched, sites: Shown["model"]["sites"], grid: Grid, palette: Palette): Mark[] =>
  sites.flatMap(({ heads }, row) =>
    Array.from({ length: heads }, (_, head) => {
      const { x, y, width } = placeOf(of, grid, row, head);
      return { ...imageMark(of, "map", palette, width), x, y };
    }),
  );

/** A badge on a smaller image would hide too much of it; the tooltip and the button's name have it. */
const ROOM = 72;

export interface Badges {
  readonly scores: readonly HeadScores[] | null;
  readonly off: readonly string[];
  readonly sites: Shown["model"]["sites"];
}

/** The maps over them, each scaled to its own largest value, and the badges. */
export function mapMarks(
  of: Patched,
  maps: readonly (readonly PatchMap[])[],
  grid: Grid,
  palette: Palette,
  { scores, off, sites }: Badges,
): Mark[] {
  const none = { pinned: null, hovered: null };
  return maps.flatMap((heads, row) =>
    heads.flatMap((map, head): Mark[] => {
      const { x, y, width } = placeOf(of, grid, row, head);
      const badge = grid.cell < ROOM ? null : badgeOf(scores, off, sites[row]!.index, head);
      return [
        ...shift(overMarks(of, map, none, palette, width), x, y),
        ...(badge ? badgeMarks(grid, row, head, badge.badge, palette) : []),
      ];
    }),
  );
}

const EDGE = 24;
const ABOVE = 58;
const FIGURE: Pick<Grid, "pitch" | "cell"> = { pitch: 104, cell: 100 };

/** The grid as a figure. */
export function overFigure(
  { model }: Shown,
  of: Patched,
  maps: readonly (readonly PatchMap[])[],
  told: string,
  badges: Badges,
  palette: Palette,
): Scene {
  const columns = Math.max(...maps.map(({ length }) => length));
  const grid: Grid = { rows: maps.length, columns, ...FIGURE };
  const height = TOP + grid.rows * grid.pitch;
  const most = Math.max(...maps.flat().map(({ peak }) => peak));
  const labels: Mark[] = [
    words(0, 12, "layer", palette.ink3),
    ...Array.from({ length: columns }, (_, head) =>
      words(LABELS + head * grid.pitch + grid.cell / 2, 12, `${head}`, palette.ink3, { anchor: "middle" }),
    ),
    ...model.sites.map(({ layer }, row) =>
      words(23, TOP + row * grid.pitch + grid.cell / 2 + 4, `${layer}`, palette.ink3, { anchor: "end" }),
    ),
  ];
  return {
    title: `${model.name}: ${told}`,
    description: `Attention of every head over the patches of ${of.seen.name}, each map scaled to its own largest value.`,
    width: Math.max(480, 2 * EDGE + LABELS + columns * grid.pitch),
    height: ABOVE + height + 50,
    background: palette.surface,
    marks: [
      words(EDGE, 26, `${told} · every head`, palette.ink, { size: 13, weight: 600 }),
      words(EDGE, 43, `${model.name} · ${of.seen.name}`, palette.ink3),
      ...shift(
        [...labels, ...imageMarks(of, model.sites, grid, palette), ...mapMarks(of, maps, grid, palette, badges)],
        EDGE,
        ABOVE,
      ),
      ...scaleMarks(palette, false, EDGE, ABOVE + height + 14, 120, ["0", `most of each map, ${figure(most)} at most`]),
    ],
  };
}
