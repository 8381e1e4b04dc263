import type { Shown } from "../../store/state";
import type { HeadRows, HeadScores } from "../../worker/protocol";
import { LEAST_REST } from "../../worker/protocol";
import { figure } from "../shared/explained";
import { scaleMarks, shift, words } from "../shared/marks";
import type { Palette } from "../shared/palette";
import { heightFor, type Patched, type PatchMap, patchMap, patchMarks } from "../shared/patches";
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

/** The maps as a grid, a row a layer, each scaled to its own largest value. */
export function overMarks(
  of: Patched,
  maps: readonly (readonly PatchMap[])[],
  grid: Grid,
  palette: Palette,
  badges: {
    readonly scores: readonly HeadScores[] | null;
    readonly off: readonly string[];
    readonly sites: Shown["model"]["sites"];
  },
): Mark[] {
  const ratio = heightFor(of, 1);
  const width = ratio > 1 ? grid.cell / ratio : grid.cell;
  const none = { pinned: null, hovered: null };
  return maps.flatMap((heads, row) =>
    heads.flatMap((map, head): Mark[] => {
      const { x, y } = cellAt(grid, row, head);
      const left = x + (grid.cell - width) / 2;
      const badge = badgeOf(badges.scores, badges.off, badges.sites[row]!.index, head);
      return [
        ...shift(patchMarks(of, map, none, palette, width), left, y + (grid.cell - width * ratio) / 2),
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
  badges: Parameters<typeof overMarks>[4],
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
      ...shift([...labels, ...overMarks(of, maps, grid, palette, badges)], EDGE, ABOVE),
      ...scaleMarks(palette, false, EDGE, ABOVE + height + 14, 120, ["0", `most of each map, ${figure(most)} at most`]),
    ],
  };
}
