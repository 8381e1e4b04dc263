import type { State, TokenRef } from "../../store/state";
import { figure } from "../shared/explained";
import { headColour, type Palette } from "../shared/palette";
import { type Patched, patchedOf, patchMap, patchOf } from "../shared/patches";
import type { Plan } from "../shared/reading";
import type { Scene } from "../shared/scene";
import { type Tile, tilesFigure } from "../shared/tiles";
import { linksOf, type RowRef, rowOf } from "./draw";
import { layerOf, plural } from "./names";
import { column, type Picture } from "./on-screen";

/** Whose attention lies over the image. */
export interface Reader {
  readonly token: TokenRef;
  readonly row: RowRef;
  readonly label: string;
}

/** The token that is pinned or read, else the first that stands for no patch, which models answer at; else the first. */
export function readerOf(plan: Plan, { pinned, hovered }: Pick<State, "pinned" | "hovered">): Reader | null {
  const first = plan.units.find(({ special }) => special) ?? plan.units[0];
  const fallback: TokenRef | null = first ? { side: "query", index: first.from } : null;
  for (const token of [pinned, hovered, fallback]) {
    const row = rowOf(plan, token);
    if (token && row) return { token, row, label: column(plan, row.side)[row.row]!.label };
  }
  return null;
}

/** The mean of the heads, where there are several, and each of them. */
export function tilesOf({ patches }: Patched, picture: Picture, { row }: Reader, palette: Palette): Tile[] {
  const { plan, heads, shown, site } = picture;
  const others = column(plan, row.side === "query" ? "key" : "query");
  const tile = (some: Picture["heads"], named: Pick<Tile, "id" | "title" | "short" | "dot">): Tile => {
    const byToken = new Float64Array(shown.result.encoding.ids.length);
    const links = linksOf(some, row);
    others.forEach((unit, i) => {
      byToken[unit.from] = links[i]!;
    });
    const map = patchMap(patches, byToken, false);
    return { ...named, map, aside: `most ${figure(map.peak)}`, brief: figure(map.peak) };
  };
  return [
    ...(heads.length > 1
      ? [tile(heads, { id: "mean", title: `mean of ${plural(heads.length, "head")}`, short: "mean" })]
      : []),
    ...heads.map((one) =>
      tile([one], {
        id: `${one.head}`,
        title: `head ${layerOf(shown, site)}.${one.head}`,
        short: `${layerOf(shown, site)}.${one.head}`,
        dot: headColour(palette, one.head),
      }),
    ),
  ];
}

/** What is read, in words. */
export const readerWords = ({ row, label }: Pick<Reader, "row" | "label">): string =>
  row.side === "query" ? `What ${label} looks at` : `What looks at ${label}`;

const percent = (share: number): string => `${(100 * share).toFixed(share < 0.0995 ? 1 : 0)}%`;

/** What of a row lies beside the patches: held by tokens that are left out, or drawn nowhere. Mean over the heads. */
export function besideWords({ plan, heads }: Picture, { row }: Reader): string {
  const names = plan.units.filter(({ special }) => special).map(({ label }) => label);
  if (row.side === "key" || names.length === 0 || heads.length === 0) return "";
  const listed = names.length > 2 ? `${names[0]} and ${names.length - 1} more` : names.join(" and ");
  const mean = (of: (head: Picture["heads"][number]) => number) =>
    heads.reduce((sum, head) => sum + of(head), 0) / heads.length;
  if (plan.left.some(Boolean))
    return `Left out: ${percent(mean(({ reading }) => reading.held[row.row]!))} held by ${listed}; rows rescaled`;
  const keys = column(plan, "key");
  const beside = mean(({ reading }) =>
    keys.reduce((sum, { special }, k) => sum + (special ? reading.weights[row.row * reading.columns + k]! : 0), 0),
  );
  return `Not on the image: ${percent(beside)} held by ${listed}`;
}

/** The tiles as a figure, with what is read and what is left out. */
export function overFigure(
  picture: Picture,
  { pinned }: Pick<State, "pinned">,
  palette: Palette,
  width: number,
): Scene | null {
  const patched = patchedOf(picture.shown);
  const reader = readerOf(picture.plan, { pinned, hovered: null });
  if (!patched || !reader) return null;
  const { shown, site, heads } = picture;
  const told = {
    title: `${readerWords(reader)} · layer ${layerOf(shown, site)}`,
    about: shown.model.name,
    description: `Attention of ${plural(heads.length, "head")} over the patches of ${patched.seen.name}.`,
    signed: false,
    ends: ["0", "most of each map"],
    notes: [besideWords(picture, reader)],
    pinned: patchOf(patched.patches, pinned?.index),
  } as const;
  return tilesFigure(patched, tilesOf(patched, picture, reader, palette), told, palette, width);
}
