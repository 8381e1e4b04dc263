import { figure } from "../shared/explained";
import type { Palette } from "../shared/palette";
import { type Patched, patchMap, patchOf } from "../shared/patches";
import type { Scene } from "../shared/scene";
import { type Tile, tilesFigure } from "../shared/tiles";
import type { OcclusionPicture } from "./figure";

/** What the target loses without each patch, and without the windows over it, over the image. */
export function tilesOf({ units, values, windowValues, window }: OcclusionPicture, { patches }: Patched): Tile[] {
  const tile = (id: string, title: string, of: readonly number[] | null): Tile => {
    const byToken = new Float64Array(units.at(-1)?.to ?? 0);
    units.forEach(({ from }, i) => {
      byToken[from] = of?.[i] ?? 0;
    });
    const map = of && patchMap(patches, byToken, true);
    return { id, title, map, aside: map ? `most ${figure(map.peak)}` : "on its way" };
  };
  return [
    tile("alone", "one patch at a time", values),
    tile("windows", `${window} together, mean over each`, windowValues),
  ];
}

export const ENDS = ["rises without it", "falls without it"] as const;

/** The maps as a figure. */
export function overFigure(
  picture: OcclusionPicture,
  of: Patched,
  pinned: number | null,
  palette: Palette,
  width: number,
): Scene {
  const told = {
    title: picture.subtitle,
    about: `Occlusion · ${picture.model}`,
    description: picture.subtitle,
    signed: true,
    ends: ENDS,
    notes: picture.notes,
    pinned: patchOf(of.patches, pinned ?? undefined),
  };
  return tilesFigure(of, tilesOf(picture, of), told, palette, width);
}
