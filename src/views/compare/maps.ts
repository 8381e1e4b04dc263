import type { Unit } from "../../store/units";
import { shift, uiWidth, words } from "../shared/marks";
import type { Palette } from "../shared/palette";
import { heightFor, type Patched, type PatchFocus, type PatchMap, patchMap, patchMarks } from "../shared/patches";
import { clip, type Mark } from "../shared/scene";
import { captionOf } from "./layout";
import { grouped, type MethodRow } from "./rows";

export const GAP = 16;
const NARROWEST = 150;
const WIDEST = 208;
const CAPTION = 24;
const NAME = 18;
const UNDER = 22;

/** How wide each method's map is drawn: as many side by side as can be read, two at least. */
export function mapWidth(width: number): number {
  const across = Math.max(2, Math.floor((width + GAP) / (NARROWEST + GAP)));
  return Math.max(1, Math.min(WIDEST, Math.floor((width - (across - 1) * GAP) / across)));
}

/** A row's values over the patches, full at the row's own maximum; null until there are any. */
export function rowMap(row: MethodRow, units: readonly Unit[], { patches }: Patched): PatchMap | null {
  if (!row.values) return null;
  const byToken = new Float64Array(units.at(-1)?.to ?? 0);
  for (const [i, { from }] of units.entries()) byToken[from] = row.values[i]!;
  return patchMap(patches, byToken, row.signed);
}

/** The maps as a figure has them, from (0, 0) on: a caption a group, each method's name over its map, what is first under it. */
export function mapsMarks(
  of: Patched,
  rows: readonly MethodRow[],
  units: readonly Unit[],
  told: { readonly tops: ReadonlyMap<string, readonly number[]>; readonly target: string | null },
  focus: PatchFocus,
  palette: Palette,
  width: number,
): { readonly marks: Mark[]; readonly height: number } {
  const wide = mapWidth(width);
  const across = Math.max(1, Math.floor((width + GAP) / (wide + GAP)));
  const tall = NAME + heightFor(of, wide) + UNDER;
  const marks: Mark[] = [];
  let y = 0;
  for (const { signed, rows: group } of grouped(rows)) {
    marks.push(words(0, y + 14, captionOf(signed, told.target), palette.ink3));
    y += CAPTION;
    for (const [i, row] of group.entries()) {
      const top = (told.tops.get(row.id) ?? []).map((unit) => units[unit]!.label).join(" ");
      const size = uiWidth(row.label, 12) > wide ? 10.5 : 12;
      const under =
        row.state === "failed"
          ? words(0, tall - 7, clip(row.told ?? "failed", 11, wide), palette.warn)
          : words(0, tall - 7, clip(top || row.state, 11, wide), palette.ink2, { font: "tok" });
      const tile = [
        words(0, 11, row.label, palette.ink, { size }),
        ...shift(patchMarks(of, rowMap(row, units, of), focus, palette, wide), 0, NAME),
        under,
      ];
      marks.push(...shift(tile, (i % across) * (wide + GAP), y + Math.floor(i / across) * tall));
    }
    y += Math.ceil(group.length / across) * tall + 6;
  }
  return { marks, height: y };
}
