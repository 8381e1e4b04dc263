import type { Unit } from "../../store/units";
import type { PatchGrid } from "../../text/encoding";
import type { Table } from "../shared/csv";
import type { Values } from "../shared/explained";
import { scaleMarks, shift, words } from "../shared/marks";
import type { Palette } from "../shared/palette";
import { placeOf } from "../shared/patches";
import type { Mark, Scene } from "../shared/scene";
import { flow, shadedMarks } from "../shared/shaded";
import { barMarks, ROW } from "./bars";

/** What the view draws of one method's result. */
export interface AttributionPicture {
  readonly model: string;
  /** The method as it is called. */
  readonly label: string;
  /** What it explains: "POSITIVE against NEGATIVE, logit". */
  readonly target: string;
  readonly signed: boolean;
  readonly units: readonly Unit[];
  /** Where units are in an image; null for those of a text. */
  readonly patches: PatchGrid | null;
  readonly values: Values;
  readonly peak: number;
  readonly pinned: number | null;
  /** Completeness, what it cost, what is left out: a line each. */
  readonly notes: readonly string[];
}

const EDGE = 24;
const ABOVE = 64;
const NARROWEST = 560;
const WIDEST_BARS = 760;

/** The scale's words: against and for, or none and most. */
export const ends = (signed: boolean): readonly [string, string] => (signed ? ["against", "for"] : ["none", "most"]);

/** The view as a figure: shaded text over bars, with its legend and notes. */
export function attributionFigure(picture: AttributionPicture, palette: Palette, width: number): Scene {
  const { model, label, target, signed, units, values, peak, pinned, notes } = picture;
  const wide = Math.max(NARROWEST, width);
  const inner = wide - 2 * EDGE;
  const set = flow(units, inner);
  const bars = ABOVE + set.height + 14;
  const legend = bars + units.length * ROW + 18;
  const marks: Mark[] = [
    words(EDGE, 28, `${label} · ${target}`, palette.ink, { size: 13, weight: 600 }),
    words(EDGE, 46, model, palette.ink3),
    ...shift(shadedMarks(set, units, values, { signed, peak, pinned }, palette), EDGE, ABOVE),
    ...shift(barMarks(units, values, { signed, pinned, width: Math.min(WIDEST_BARS, inner) }, palette), EDGE, bars),
    ...scaleMarks(palette, signed, EDGE, legend, 120, ends(signed)),
    ...notes.map((note, i) => words(EDGE, legend + 32 + i * 17, note, palette.ink2, { size: 11 })),
  ];
  return {
    title: `${model}: ${label}`,
    description: `What each token counts for ${target} by ${label}${pinned === null ? "" : `; pinned: ${units[pinned]?.label}`}.`,
    width: wide,
    height: legend + 28 + notes.length * 17 + 8,
    background: palette.surface,
    marks,
  };
}

/** A row a unit: its place, token and value. */
export const attributionTable = ({ units, values, label, pinned, patches }: AttributionPicture): Table => ({
  header: ["position", "token", ...(patches ? ["row", "column"] : []), "value", ...(pinned === null ? [] : ["pinned"])],
  about: `position, token, ${patches ? "row, column, " : ""}value by ${label}`,
  count: units.length,
  *rows() {
    for (const [i, unit] of units.entries())
      yield [
        unit.from,
        unit.mark + unit.label,
        ...(patches ? placeOf(patches, unit.from) : []),
        Number(values[i]!.toPrecision(6)),
        ...(pinned === null ? [] : [Number(i === pinned)]),
      ];
  },
});
