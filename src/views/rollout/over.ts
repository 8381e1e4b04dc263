import type { Shown, State } from "../../store/state";
import { type Reader, readerOf } from "../heads/over";
import { figure } from "../shared/explained";
import type { Palette } from "../shared/palette";
import { type Patched, type PatchMap, patchedOf, patchMap, patchOf } from "../shared/patches";
import type { Scene } from "../shared/scene";
import { type Tile, tilesFigure } from "../shared/tiles";
import { rowOf } from "./draw";
import { type DrawnMap, rowAt, unitsIn } from "./maps";
import type { RolloutPicture } from "./picture";

/** One row of both maps over the image: by one layer's attention, and followed through all of them. */
export function tilesOf({ patches }: Patched, picture: RolloutPicture, row: number): Tile[] {
  const { plan, raw, flow, names, shown } = picture;
  const { keys } = unitsIn(plan);
  const over = (map: DrawnMap): PatchMap | null => {
    const values = rowAt(map, row);
    return values && patchMap(patches, byToken(shown, keys, values), false);
  };
  const tile = (id: string, title: string, map: DrawnMap | null): Tile => {
    const drawn = map && over(map);
    return {
      id,
      title,
      map: drawn,
      aside: drawn ? `most ${figure(drawn.peak)}` : map ? "not worked out" : "on its way",
    };
  };
  return [tile("raw", `${names.raw}, ${names.rawAbout}`, raw), tile("flow", names.flow, flow)];
}

function byToken({ result }: Shown, keys: readonly { readonly from: number }[], values: Float32Array): Float64Array {
  const all = new Float64Array(result.encoding.ids.length);
  keys.forEach(({ from }, i) => {
    all[from] = values[i]!;
  });
  return all;
}

/** What is read, in words. */
export const madeOf = ({ label }: Pick<Reader, "label">): string => `What ${label} is made of`;

/** Both maps of the pinned row, or the answer's, as a figure. */
export function overFigure(
  picture: RolloutPicture,
  pinned: State["pinned"],
  palette: Palette,
  width: number,
): Scene | null {
  const { shown, plan, names, leaves } = picture;
  const patched = patchedOf(shown);
  const reader = readerOf(plan, { pinned, hovered: null });
  const row = reader && rowOf(plan, reader.token);
  if (!patched || !reader || row === null) return null;
  const told = {
    title: madeOf(reader),
    about: shown.model.name,
    description: `${names.raw}, ${names.rawAbout}; ${names.flow}, ${names.flowAbout}; over the patches of ${patched.seen.name}.`,
    signed: false,
    ends: ["0", "most of each map"],
    notes: [`${names.flow}: ${names.flowAbout}`, leaves ? "Sinks are left out." : ""],
    pinned: patchOf(patched.patches, pinned?.index),
  } as const;
  return tilesFigure(patched, tilesOf(patched, picture, row), told, palette, width);
}

/** Whether maps lie over the image: where there is one, unless matrices were asked for. */
export const isOver = (shown: Shown, own: State["own"]): boolean =>
  own.heads.drawn === "image" && patchedOf(shown) !== null;
