import { pValue, rhoValue } from "../shared/explained";
import { words } from "../shared/marks";
import { attentionColour, inkOn, type Palette } from "../shared/palette";
import type { Mark } from "../shared/scene";

/** How much methods rank alike: Spearman's ρ and its p of each pair, [methods, methods]; null where it isn't defined. */
export interface Agreement {
  readonly labels: readonly string[];
  readonly rho: readonly (readonly (number | null)[])[];
  readonly p: readonly (readonly (number | null)[])[];
}

export const SIGNIFICANT = 0.05;
const WIDEST = 34;
const NARROWEST = 24;
const ROW = 25;

export interface RhoLayout {
  readonly left: number;
  readonly cell: number;
  readonly width: number;
  readonly height: number;
}

export function rhoLayout(width: number, methods: number, left: number): RhoLayout {
  const cell = Math.max(NARROWEST, Math.min(WIDEST, Math.floor((width - left) / Math.max(1, methods))));
  return { left, cell, width: left + cell * methods, height: ROW * methods + 4 };
}

/** ρ below the diagonal, p above. A pair whose p isn't under .05 has a dashed border and no colour. */
export function rhoMarks(
  layout: RhoLayout,
  { labels, rho, p }: Agreement,
  palette: Palette,
  lit: number | null,
): Mark[] {
  const { left, cell } = layout;
  const size = cell >= 28 ? 11 : 9.5;
  const marks: Mark[] = [];
  for (const [i, label] of labels.entries()) {
    const y = i * ROW;
    marks.push(
      words(left - 8, y + 16, label, i === lit ? palette.ink : palette.ink2, {
        anchor: "end",
        size: 12,
        ...(i === lit && { weight: 600 }),
      }),
    );
    for (let j = 0; j < labels.length; j++) {
      const x = left + j * cell;
      const middle = x + cell / 2;
      if (i === j) {
        marks.push({ kind: "rect", x: middle - 1.5, y: y + 11, width: 3, height: 3, radius: 1.5, fill: palette.line2 });
        continue;
      }
      if (j > i) {
        marks.push(words(middle, y + 16, pValue(p[i]![j]!), palette.ink3, { anchor: "middle", size: size - 0.5 }));
        continue;
      }
      const value = rho[i]![j]!;
      const told = value !== null && (p[i]![j] ?? 1) < SIGNIFICANT;
      const fill = told && value! > 0 ? attentionColour(palette, value!) : palette.surface;
      if (fill !== palette.surface) marks.push({ kind: "rect", x, y, width: cell - 1, height: ROW - 1, fill });
      else marks.push(...box(x + 0.5, y + 0.5, cell - 2, ROW - 2, palette.line2, !told));
      marks.push(words(middle, y + 16, rhoValue(value), told ? inkOn(fill) : palette.ink2, { anchor: "middle", size }));
    }
  }
  return marks;
}

/** A border of four lines, since rectangles have no dashes. */
function box(x: number, y: number, width: number, height: number, stroke: string, dashed: boolean): Mark[] {
  const line = (x0: number, y0: number, x1: number, y1: number): Mark => ({
    kind: "curve",
    x0,
    y0,
    x1,
    y1,
    stroke,
    width: 1,
    straight: true,
    ...(dashed && { dash: [2, 2] }),
  });
  return [
    line(x, y, x + width, y),
    line(x + width, y, x + width, y + height),
    line(x + width, y + height, x, y + height),
    line(x, y + height, x, y),
  ];
}

/** The pair at a place: row and column; null beside the cells and on the diagonal. */
export function rhoAt({ left, cell }: RhoLayout, methods: number, x: number, y: number): [number, number] | null {
  const i = Math.floor(y / ROW);
  const j = Math.floor((x - left) / cell);
  return i >= 0 && i < methods && j >= 0 && j < methods && i !== j ? [i, j] : null;
}
