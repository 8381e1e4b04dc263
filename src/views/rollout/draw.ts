import type { TokenRef } from "../../store/state";
import { unitAt } from "../../store/units";
import { type MatrixLayout, matrixMarks } from "../model/matrix";
import type { Palette } from "../shared/palette";
import type { Plan } from "../shared/reading";
import type { Mark } from "../shared/scene";
import { type DrawnMap, unitsIn } from "./maps";

/** A cell under the cursor, by its row and column. */
export interface Cell {
  readonly row: number;
  readonly column: number | null;
}

export interface Focus {
  /** The unit that is pinned, and the one under the cursor, by row; null where they are outside. */
  readonly pinned: number | null;
  readonly hovered: number | null;
  readonly column: number | null;
}

/** Rows and columns of a plan that stand for a token. */
export function rowOf(plan: Plan, token: TokenRef | null): number | null {
  if (!token) return null;
  const row = plan.queries.indexOf(unitAt(plan.units, token.index));
  return row < 0 ? null : row;
}

/** One map with its labels, the pinned row, and the crosshair. */
export function mapMarks(
  layout: MatrixLayout,
  palette: Palette,
  plan: Plan,
  { reading, full }: DrawnMap,
  { pinned, hovered, column }: Focus,
  pixels: number,
): Mark[] {
  const { queries, keys } = unitsIn(plan);
  const left = plan.keys.map((unit) => plan.left[unit]!);
  // Windows of a causal text need not stand on its diagonal.
  const square = plan.queries[0] === plan.keys[0];
  const parts = { reading, queries, keys, causal: plan.causal && square, left, full };
  const marks = matrixMarks(layout, palette, parts, { pinned, hovered, pinnedKey: null, hoveredKey: column }, pixels);
  const { left: x0, top, cell, rows, columns } = layout;
  for (const [j, isLeft] of left.entries())
    if (isLeft && cell >= 4)
      marks.push(...hatch(x0 + j * cell, top, cell - 1, rows * cell - 1, palette.line2, parts.causal ? j * cell : 0));
  const row = hovered ?? pinned;
  if (column !== null && column < columns)
    marks.push({
      kind: "rect",
      x: x0 + column * cell - 1,
      y: top - 1,
      width: cell + 1,
      height: rows * cell + 1,
      stroke: palette.edge,
      strokeWidth: 1.5,
    });
  if (column !== null && row !== null && column < columns)
    marks.push({
      kind: "rect",
      x: x0 + column * cell - 1,
      y: top + row * cell - 1,
      width: cell + 1,
      height: cell + 1,
      stroke: palette.ink,
      strokeWidth: 2,
    });
  return marks;
}

/** Slanted lines over a column, from a place of it on: it is left out. */
function hatch(x: number, y: number, width: number, height: number, stroke: string, from: number): Mark[] {
  const marks: Mark[] = [];
  for (let at = from + 3; at < height + width; at += 6) {
    // Rising to the right, cut off where the column starts and ends.
    const [low, high] = [Math.min(at, height), Math.max(at - width, from)];
    if (low <= high) continue;
    marks.push({
      kind: "curve",
      x0: x + at - low,
      y0: y + low,
      x1: x + at - high,
      y1: y + high,
      stroke,
      width: 0.7,
      straight: true,
    });
  }
  return marks;
}
