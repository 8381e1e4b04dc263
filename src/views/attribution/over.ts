import { figure, strongest, takesPart } from "../shared/explained";
import { shift, words } from "../shared/marks";
import type { Palette } from "../shared/palette";
import { type Patched, patchMap, patchOf } from "../shared/patches";
import type { Scene } from "../shared/scene";
import { figureTile, type Tile, tilesFigure } from "../shared/tiles";
import { barMarks, ROW } from "./bars";
import { type AttributionPicture, ends } from "./figure";

/** A value a patch over the image. */
export function mapTile({ units, values, signed, label }: AttributionPicture, { patches }: Patched): Tile {
  const byToken = new Float64Array(units.at(-1)?.to ?? 0);
  units.forEach(({ from }, i) => {
    byToken[from] = values[i]!;
  });
  const map = patchMap(patches, byToken, signed);
  return { id: label, title: label, map, aside: `most ${figure(map.peak)}` };
}

/** The same, largest magnitudes first; what stands for no patch comes last. */
export function bySize(picture: AttributionPicture): AttributionPicture {
  const { units, values, pinned } = picture;
  const ranked = strongest(values, units);
  const order = [...ranked, ...units.flatMap(({ special }, i) => (special ? [i] : []))];
  return {
    ...picture,
    units: order.map((i) => units[i]!),
    values: order.map((i) => values[i]!),
    pinned: pinned === null ? null : order.indexOf(pinned),
  };
}

/** Patches listed under the image. */
const LISTED = 10;

/** The map as a figure, over the patches that count most. */
export function overFigure(
  picture: AttributionPicture,
  of: Patched,
  pinned: number | null,
  palette: Palette,
  width: number,
): Scene {
  const { model, label, target, signed, units, notes } = picture;
  const told = {
    title: `${label} · ${target}`,
    about: model,
    description: `What each patch counts for ${target} by ${label}, over ${of.seen.name}.`,
    signed,
    ends: ends(signed),
    notes,
    pinned: patchOf(of.patches, pinned ?? undefined),
  };
  const scene = tilesFigure(of, [mapTile(picture, of)], told, palette, width);
  const left = 24 + figureTile(1) + 40;
  const { units: ranked, values: sizes } = bySize(picture);
  const listed = ranked.slice(0, LISTED);
  const bars = barMarks(
    listed,
    sizes.slice(0, LISTED),
    { signed, pinned: null, width: Math.min(420, scene.width - left - 24) },
    palette,
  );
  const marks = [
    ...scene.marks,
    words(left, 77, `The ${listed.length} largest of ${takesPart(units).length}`, palette.ink2),
    ...shift(bars, left, 88),
  ];
  return { ...scene, marks, height: Math.max(scene.height, 100 + LISTED * ROW) };
}
