import type { Unit } from "../../store/units";
import { turned } from "../shared/marks";
import { clip } from "../shared/scene";
import { grouped, type MethodRow } from "./rows";

export const ROW = 24;
const CAPTION = 24;
const LARGEST = 44;
const SMALLEST = 13;
/** Cells without labels, of texts that labels would make wider than anyone scrolls. */
const BARE = 4;
const MOST_LABELLED = 400;
const SIGNS = 14;
const ABOVE = 12;

/** What a group of rows says of its values. */
export const captionOf = (signed: boolean, target: string | null): string =>
  signed ? `Signed: for or against ${target ?? "what they explain"}` : "Unsigned: how much, not which way";

/** Where the matrix of methods by tokens stands; the names of methods and their strongest tokens stand beside it. */
export interface MatrixLayout {
  readonly cell: number;
  /** Size of the tokens' letters; 0 where there is no room for any. */
  readonly size: number;
  readonly labels: readonly string[];
  /** Height over the first row that the turned tokens take. */
  readonly top: number;
  readonly rows: readonly { readonly row: MethodRow; readonly y: number }[];
  readonly captions: readonly { readonly signed: boolean; readonly y: number }[];
  /** Of the cells and of the last token, which leans over them. */
  readonly width: number;
  readonly height: number;
}

/** Lays rows out in a width: cells as wide as fits, within what can be read; the rest is scrolled to. */
export function matrixLayout(width: number, units: readonly Unit[], rows: readonly MethodRow[]): MatrixLayout {
  const count = Math.max(1, units.length);
  const labelled = count <= MOST_LABELLED;
  const spelled = (size: number) => units.map(({ mark, label }) => clip(mark + label, size, SIGNS * size * 0.6));
  const lean = (size: number) => turned(spelled(size), size);
  const wide = Math.min(LARGEST, (width - lean(12).width * 0.5) / count);
  const size = !labelled ? 0 : wide >= 15 ? 12 : 10;
  const cell = labelled ? Math.max(SMALLEST, Math.floor(wide)) : BARE;
  const labels = size > 0 ? spelled(size) : units.map(() => "");
  const { height: tall, width: leaning } = size > 0 ? turned(labels, size) : { height: 0, width: 0 };
  const top = size > 0 ? Math.ceil(tall + ABOVE + 6) : 6;
  const placed: { row: MethodRow; y: number }[] = [];
  const captions: { signed: boolean; y: number }[] = [];
  let y = top;
  for (const group of grouped(rows)) {
    captions.push({ signed: group.signed, y });
    y += CAPTION;
    for (const row of group.rows) {
      placed.push({ row, y });
      y += ROW;
    }
    y += 2;
  }
  return {
    cell,
    size,
    labels,
    top,
    rows: placed,
    captions,
    width: Math.ceil(cell * count + Math.max(2, leaning)),
    height: y + 4,
  };
}

/** The row and unit at a place of the matrix; null beside it. On the labels over it the row is null. */
export function matrixAt(
  { cell, top, rows }: MatrixLayout,
  count: number,
  x: number,
  y: number,
): { readonly row: MethodRow | null; readonly unit: number } | null {
  const unit = Math.floor(x / cell);
  if (unit < 0 || unit >= count) return null;
  if (y < top) return { row: null, unit };
  const found = rows.find((each) => y >= each.y && y < each.y + ROW);
  return found ? { row: found.row, unit } : null;
}
