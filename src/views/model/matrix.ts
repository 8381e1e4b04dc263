import type { Unit } from "../../store/units";
import { attentionColour, inkOn, type Palette } from "../shared/palette";
import type { HeadReading } from "../shared/reading";
import { clip, type Mark, tokWidth } from "../shared/scene";
import { pixelsOf } from "./grid";

export const LARGEST_CELL = 29;
const LABELLED = 9;
const VALUED = 24;
/** More rows or columns than this are drawn as one picture. */
const MOST_RECTS = 48;
const LABEL_SIGNS = 11;

/** Where an enlarged head stands. */
export interface MatrixLayout {
  readonly left: number;
  readonly top: number;
  readonly cell: number;
  readonly rows: number;
  readonly columns: number;
  /** Size of labels; 0 where there is no room for any. */
  readonly size: number;
  readonly width: number;
  readonly height: number;
}

const label = ({ mark, label }: Unit, size: number): string => clip(mark + label, size, LABEL_SIGNS * size * 0.6);

const longest = (units: readonly Unit[], size: number): number =>
  units.reduce((most, unit) => Math.max(most, tokWidth(label(unit, size), size)), 0);

/** Lays a matrix out in a width: labels where cells are tall enough, square cells, never larger than 29. */
export function matrixLayout(width: number, queries: readonly Unit[], keys: readonly Unit[]): MatrixLayout {
  const count = Math.max(queries.length, keys.length, 1);
  const plain = Math.min(LARGEST_CELL, width / count);
  const size = plain >= 17 ? 12 : plain >= LABELLED ? 9.5 : 0;
  const left = size > 0 ? longest(queries, size) + 14 : 0;
  const turned = size > 0 ? longest(keys, size) * 0.77 : 0;
  const cell = Math.min(LARGEST_CELL, (width - left - turned * 0.5) / count);
  const labelled = cell >= LABELLED;
  const top = labelled && size > 0 ? turned + 16 : 4;
  const side = labelled ? cell : Math.min(LARGEST_CELL, width / count);
  const room = width - (labelled ? left + turned * 0.5 : 0) - side * count;
  const from = (labelled ? left : 0) + Math.max(0, room / 2);
  return {
    left: from,
    top,
    cell: side,
    rows: queries.length,
    columns: keys.length,
    size: labelled ? size : 0,
    width,
    height: top + side * queries.length + 4,
  };
}

/** The cell at a place; null beside the matrix. `column` is null on a row's label. */
export function matrixAt(
  { left, top, cell, rows, columns }: MatrixLayout,
  x: number,
  y: number,
): { row: number; column: number | null } | null {
  const row = Math.floor((y - top) / cell);
  if (row < 0 || row >= rows) return null;
  const column = Math.floor((x - left) / cell);
  return { row, column: column < 0 ? null : column >= columns ? null : column };
}

/** The largest of each block, so that no strong weight is lost where there are more cells than pixels. */
export function poolLargest(
  { rows, columns, weights }: Pick<HeadReading, "rows" | "columns" | "weights">,
  most: number,
): { rows: number; columns: number; weights: Float32Array; block: number } {
  const block = Math.max(1, Math.ceil(Math.max(rows, columns) / most));
  if (block === 1) return { rows, columns, weights, block };
  const R = Math.ceil(rows / block);
  const C = Math.ceil(columns / block);
  const pooled = new Float32Array(R * C);
  for (let i = 0; i < rows; i++) {
    const to = Math.floor(i / block) * C;
    for (let j = 0; j < columns; j++) {
      const at = to + Math.floor(j / block);
      const weight = weights[i * columns + j]!;
      if (weight > pooled[at]!) pooled[at] = weight;
    }
  }
  return { rows: R, columns: C, weights: pooled, block };
}

/** ".68", "1.0": two digits, as fits a cell. */
export const brief = (weight: number): string => (weight >= 0.995 ? "1.0" : weight.toFixed(2).replace(/^0/, ""));

export interface MatrixParts {
  readonly reading: HeadReading;
  readonly queries: readonly Unit[];
  readonly keys: readonly Unit[];
  readonly causal: boolean;
  /** Keys that are left out, by column. */
  readonly left: readonly boolean[];
  /** The weight whose colour is the strongest; 1 unless said otherwise. A weight that is no number has no colour. */
  readonly full?: number;
}

function cellMarks(layout: MatrixLayout, palette: Palette, parts: MatrixParts, pixels: number): Mark[] {
  const { cell, rows, columns, left: x0, top } = layout;
  const { reading, causal, left, full = 1 } = parts;
  if (Math.max(rows, columns) > MOST_RECTS) {
    const largest = poolLargest(reading, pixels);
    const pooled = full === 1 ? largest : { ...largest, weights: largest.weights.map((weight) => weight / full) };
    return [
      {
        kind: "picture",
        x: x0,
        y: top,
        width: cell * columns,
        height: cell * rows,
        rows: pooled.rows,
        columns: pooled.columns,
        pixels: pixelsOf(pooled, palette, causal),
      },
    ];
  }
  const gap = cell > 6 ? 1 : 0;
  const marks: Mark[] = [];
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) {
      if ((causal && j > i) || left[j]) continue;
      const weight = reading.weights[i * columns + j]!;
      if (Number.isNaN(weight)) continue;
      const fill = attentionColour(palette, weight / full);
      const x = x0 + j * cell;
      const y = top + i * cell;
      marks.push({ kind: "rect", x, y, width: cell - gap, height: cell - gap, fill });
      if (cell >= VALUED && weight >= 0.05 * full)
        marks.push({
          kind: "text",
          x: x + (cell - gap) / 2,
          y: y + cell / 2 + 3.5,
          text: brief(weight),
          fill: inkOn(fill),
          font: "ui",
          size: 11,
          anchor: "middle",
        });
    }
  return marks;
}

/** An enlarged head: cells, labels, the pinned row in a frame, the hovered one lit. */
export function matrixMarks(
  layout: MatrixLayout,
  palette: Palette,
  parts: MatrixParts,
  focus: {
    readonly pinned: number | null;
    readonly hovered: number | null;
    readonly pinnedKey: number | null;
    readonly hoveredKey: number | null;
  },
  pixels: number,
): Mark[] {
  const { cell, rows, columns, left, top, size, width } = layout;
  const { queries, keys, causal } = parts;
  const marks: Mark[] = [];
  const chip = (x: number, y: number, text: string, row: "pin" | "hover"): Mark => ({
    kind: "rect",
    x: x - 5,
    y: y - size * 0.95 - 3,
    width: tokWidth(text, size) + 10,
    height: size + 9,
    radius: 4,
    fill: row === "pin" ? palette.pin : palette.mark,
  });
  if (size > 0)
    for (const [i, unit] of queries.entries()) {
      const text = label(unit, size);
      const x = left - 9 - tokWidth(text, size);
      const y = top + (i + 0.5) * cell + size * 0.35;
      const lit = i === focus.pinned ? "pin" : i === focus.hovered ? "hover" : null;
      if (lit) marks.push(chip(x, y, text, lit));
      const fill = lit === "pin" ? palette.surface : lit ? "#14171c" : unit.special ? palette.ink3 : palette.ink;
      marks.push({ kind: "text", x, y, text, fill, font: "tok", size });
    }
  if (size > 0)
    for (const [j, unit] of keys.entries()) {
      const lit = j === focus.pinnedKey || j === focus.hoveredKey;
      marks.push({
        kind: "text",
        x: left + (j + 0.5) * cell + 2,
        y: top - 7,
        text: label(unit, size),
        fill: unit.special && !lit ? palette.ink3 : palette.ink,
        font: "tok",
        size,
        rotate: -50,
        ...(lit && { weight: 700 }),
      });
    }
  marks.push(...cellMarks(layout, palette, parts, pixels));
  const frame = (row: number, stroke: string): Mark => ({
    kind: "rect",
    x: left - 1,
    y: top + row * cell - 1,
    width: (causal && cell >= LABELLED ? row + 1 : columns) * cell + 1,
    height: cell + 1,
    stroke,
    strokeWidth: 1.5,
  });
  if (focus.hovered !== null && focus.hovered !== focus.pinned) marks.push(frame(focus.hovered, palette.edge));
  if (focus.pinned !== null) marks.push(frame(focus.pinned, palette.ink));
  if (causal && columns * cell > 260 && rows > 3)
    marks.push({
      kind: "text",
      x: Math.min(width, left + columns * cell) - 2,
      y: top + Math.max(14, rows * cell * 0.23),
      text: "later tokens are hidden from earlier ones",
      fill: palette.ink3,
      font: "ui",
      size: 11,
      anchor: "end",
    });
  return marks;
}
