import type { Unit } from "../../store/units";
import { peakOf, shareOf } from "../shared/explained";
import { ANGLE, rule, shade, words } from "../shared/marks";
import { inkOn, type Palette } from "../shared/palette";
import { type Mark, tokWidth } from "../shared/scene";
import { DASHED } from "../shared/shaded";
import { type MatrixLayout, ROW } from "./layout";

export interface Focus {
  /** Units, not tokens. */
  readonly pinned: number | null;
  readonly hovered: number | null;
}

const GAP = 1;

/** The colour of a unit's label on what it stands on. */
const labelInk = (palette: Palette, unit: Unit, lit: "pin" | "hover" | null): string =>
  lit === "pin" ? palette.surface : lit === "hover" ? "#14171c" : unit.special ? palette.ink3 : palette.ink;

/** Tokens over their columns, turned; the pinned and the hovered one on a ground of their own. */
function labelMarks(layout: MatrixLayout, units: readonly Unit[], palette: Palette, focus: Focus): Mark[] {
  const { cell, size, labels, top } = layout;
  if (size === 0) return [];
  return units.flatMap((unit, i): Mark[] => {
    const x = (i + 0.5) * cell + size * 0.3;
    const y = top - 6;
    const label = labels[i]!;
    const lit = i === focus.pinned ? "pin" : i === focus.hovered ? "hover" : null;
    const fill = labelInk(palette, unit, lit);
    return [
      ...(lit
        ? [
            {
              kind: "rect" as const,
              x: x - 4,
              y: y - size - 1,
              width: tokWidth(label, size) + 8,
              height: size + 6,
              radius: 4,
              fill: lit === "pin" ? palette.pin : palette.mark,
              turn: { degrees: ANGLE, x, y },
            },
          ]
        : []),
      words(x, y, label, fill, { font: "tok", size, rotate: ANGLE }),
    ];
  });
}

/** The cells of one row, each shaded by its share of the row's maximum. */
function rowMarks(layout: MatrixLayout, units: readonly Unit[], palette: Palette, at: number): Mark[] {
  const { cell } = layout;
  const { row, y } = layout.rows[at]!;
  if (!row.values) return [];
  const peak = peakOf(row.values, units);
  const gap = cell > 5 ? GAP : 0;
  const dash = Math.min(7, cell - 4);
  return row.values.flatMap((value, i): Mark[] => {
    const share = shareOf(value, peak);
    const fill = shade(palette, row.signed, share);
    const x = i * cell;
    return [
      { kind: "rect", x, y, width: cell - gap, height: ROW - GAP, fill },
      ...(row.signed && share <= -DASHED && dash > 2
        ? [
            {
              kind: "rect" as const,
              x: x + (cell - gap - dash) / 2,
              y: y + ROW / 2 - 1.2,
              width: dash,
              height: 1.6,
              fill: inkOn(fill),
            },
          ]
        : []),
    ];
  });
}

/** Cells of every row under their tokens; the pinned column in a frame. */
export function matrixMarks(layout: MatrixLayout, units: readonly Unit[], palette: Palette, focus: Focus): Mark[] {
  const { cell, top, rows, height } = layout;
  const first = rows[0]?.y ?? top;
  const last = (rows.at(-1)?.y ?? top) + ROW;
  const frame = (unit: number, stroke: string): Mark => ({
    kind: "rect",
    x: unit * cell - 1.5,
    y: Math.min(first, top) - 1.5,
    width: cell + 2,
    height: last - Math.min(first, top) + 2,
    stroke,
    strokeWidth: 1.6,
    radius: 2,
  });
  return [
    ...labelMarks(layout, units, palette, focus),
    ...rows.flatMap((_, i) => rowMarks(layout, units, palette, i)),
    ...rows.flatMap(({ row, y }): Mark[] =>
      row.values ? [] : [rule(0, y + ROW / 2, units.length * cell - GAP, y + ROW / 2, palette.line, { dash: [2, 4] })],
    ),
    ...(focus.hovered !== null && focus.hovered !== focus.pinned && height > 0
      ? [frame(focus.hovered, palette.edge)]
      : []),
    ...(focus.pinned !== null ? [frame(focus.pinned, palette.ink)] : []),
  ];
}
