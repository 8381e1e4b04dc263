import type { ScoringSlice } from "../../worker/protocol";
import { type Palette, signedTable } from "../shared/palette";
import { cropMark, type Patched, patchOf } from "../shared/patches";
import type { Mark, Text } from "../shared/scene";
import { BESIDE, type Block, type NeuronLayout, rowTop } from "./layout";
import { type Clips, type Meeting, tells } from "./meeting";

/** A head with one query, ready to be drawn. */
export interface Picture {
  readonly slice: ScoringSlice;
  readonly tokens: readonly string[];
  readonly special: readonly boolean[];
  /** The image whose patches the tokens are; null for a text. */
  readonly patched: Patched | null;
  readonly causal: boolean;
  readonly query: number;
  /** Rows, in the order in which they are drawn. */
  readonly meetings: readonly Meeting[];
  /** Every key in the order of the text, those that are left out too. */
  readonly all: readonly Meeting[];
  /** Dimensions, in the order in which they are drawn. */
  readonly order: readonly number[];
  readonly clips: Clips;
}

export const words = (x: number, y: number, text: string, fill: string, more: Partial<Text> = {}): Text => ({
  kind: "text",
  x,
  y,
  text,
  fill,
  font: "ui",
  size: 11,
  ...more,
});

const minus = (text: string): string => text.replace("-", "−");

/** A number of a score: two places, more where it is small, a true minus. */
export const number = (value: number): string =>
  Math.abs(value) >= 1000
    ? minus(value.toExponential(1))
    : minus(value.toFixed(Math.abs(value) >= 100 ? 1 : 2)).replace(/^−(0\.?0*)$/, "$1");

export const signed = (value: number): string =>
  (value > 0 && !/^0\.?0*$/.test(number(value)) ? "+" : "") + number(value);

export const percent = (weight: number): string =>
  weight >= 0.0995 ? `${Math.round(weight * 100)}%` : weight >= 0.0005 ? `${(weight * 100).toFixed(1)}%` : "0%";

type ValueOf = (dimension: number) => number;

/**
 * Strips [from, to) as one picture, a pixel a dimension across and a pixel a CSS pixel down: rows that are null, and the
 * ground between rows, stay clear.
 */
function stripMarks(
  layout: NeuronLayout,
  { x, width }: Block,
  from: number,
  rows: readonly (ValueOf | null)[],
  { order }: Pick<Picture, "order">,
  clip: number,
  palette: Palette,
): Mark[] {
  if (rows.length === 0) return [];
  const table = signedTable(palette);
  const d = order.length;
  const pixels = new Uint8ClampedArray(rows.length * layout.row * d * 4);
  const marks: Mark[] = [];
  const cell = width / d;
  for (const [i, measure] of rows.entries()) {
    if (!measure) continue;
    const strip = new Uint8ClampedArray(d * 4);
    for (const [c, dimension] of order.entries()) {
      const share = Math.min(1, Math.max(-1, measure(dimension) / clip));
      const entry = Math.round((share + 1) * 127.5) * 4;
      strip.set(table.subarray(entry, entry + 4), c * 4);
      // Where cells are wide enough, a negative one carries a dash, so that hue isn't alone.
      if (cell >= 7 && share < -0.2)
        marks.push({
          kind: "rect",
          x: x + (c + 0.5) * cell - 1.5,
          y: rowTop(layout, from + i) + layout.row / 2 - 0.5,
          width: 3,
          height: 1,
          fill: share < -0.55 === (palette.scheme === "light") ? "#ffffff" : "#14171c",
        });
    }
    for (let y = GAP; y < layout.row - GAP; y++) pixels.set(strip, (i * layout.row + y) * d * 4);
  }
  const height = rows.length * layout.row;
  return [{ kind: "picture", x, y: rowTop(layout, from), width, height, columns: d, rows: height, pixels }, ...marks];
}

/** Of the ground above and below a strip. */
const GAP = 3;

export const why = (picture: Pick<Picture, "causal" | "query">, key: number): string =>
  picture.causal && key > picture.query ? "hidden: it comes later" : "masked";

/** The patches of rows [from, to), beside the names of their tokens: queries in the image's order, and keys. */
export function cropMarks(
  layout: NeuronLayout,
  { patched, tokens, meetings }: Pick<Picture, "patched" | "tokens" | "meetings">,
  [from, to]: readonly [number, number],
): Mark[] {
  const { crop, query, key } = layout;
  if (!patched || crop === 0) return [];
  const mark = (token: number, row: number, x: number): Mark[] => {
    const patch = patchOf(patched.patches, token);
    const y = rowTop(layout, row) + (layout.row - crop) / 2;
    return patch === null ? [] : [cropMark(patched, patch, x, y, crop)];
  };
  return Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i).flatMap((row) => {
    const meeting = meetings[row];
    return [
      ...(row < tokens.length ? mark(row, row, query.right + BESIDE) : []),
      ...(key && meeting ? mark(meeting.key, row, key.left - crop - BESIDE) : []),
    ];
  });
}

/** The rows [from, to): vectors of keys, products, numbers, softmax. */
export function rowMarks(
  layout: NeuronLayout,
  palette: Palette,
  picture: Picture,
  [from, to]: readonly [number, number],
  lit: { readonly key: number | null; readonly chosen: number | null },
): Mark[] {
  const { slice, meetings, query, clips } = picture;
  const { width: d, queries, keys } = slice;
  const shown = meetings.slice(from, to).map((meeting, i) => ({ meeting, at: from + i }));
  const marks: Mark[] = [];
  for (const { meeting, at } of shown) {
    const ground = meeting.key === lit.chosen ? palette.sunk : meeting.key === lit.key ? palette.wash : null;
    if (!ground) continue;
    const aside = layout.crop > 0 ? layout.crop + BESIDE : 0;
    const x = layout.query.right + 7 + aside;
    const until = layout.key ? layout.key.left - 7 - aside : layout.width - 6;
    marks.push({
      kind: "rect",
      x,
      y: rowTop(layout, at),
      width: until - x,
      height: layout.row,
      radius: 3,
      fill: ground,
    });
  }
  const strips = (block: Block, clip: number, measure: (key: number, dimension: number) => number) =>
    stripMarks(
      layout,
      block,
      from,
      shown.map(({ meeting: { key, masked } }) => (masked ? null : (c: number) => measure(key, c))),
      picture,
      clip,
      palette,
    );
  if (layout.vectors) marks.push(...strips(layout.vectors, clips.vectors, (key, c) => keys[key * d + c]!));
  marks.push(...strips(layout.products, clips.products, (key, c) => queries[query * d + c]! * keys[key * d + c]!));
  for (const { meeting, at } of shown) {
    const y = rowTop(layout, at) + layout.row / 2 + 4;
    if (meeting.masked) {
      const x0 = (layout.vectors ?? layout.products).x;
      const { x, width } = layout.products;
      const [y1, ink] = [y - 4, palette.line2];
      marks.push({ kind: "curve", x0, y0: y1, x1: x + width, y1, stroke: ink, width: 1, straight: true, dash: [2, 4] });
      marks.push(words(layout.logit, y, why(picture, meeting.key), palette.ink3, { anchor: "end", size: 11 }));
      continue;
    }
    const right = { anchor: "end", size: 12 } as const;
    if (layout.score !== null) marks.push(words(layout.score, y, number(meeting.score), palette.ink2, right));
    if (layout.rest !== null && tells(meeting))
      marks.push(words(layout.rest, y, signed(meeting.rest), palette.ink2, right));
    marks.push(words(layout.logit, y, number(meeting.logit), palette.ink, right));
    const { left, full } = layout.bar;
    const [top, thick] = [rowTop(layout, at) + 6, layout.row - 12];
    marks.push({ kind: "rect", x: left, y: top, width: full, height: thick, fill: palette.sunk });
    marks.push({ kind: "rect", x: left, y: top, width: full * meeting.weight, height: thick, fill: palette.att });
    marks.push(words(left + full + 6, y, percent(meeting.weight), palette.ink2, { size: 11 }));
  }
  return marks;
}

/** Mean width of a sign of a caption, in CSS pixels. */
const CAPTION_ADVANCE = 5.6;

const shift = (marks: readonly Mark[], down: number): Mark[] =>
  marks.map((mark) => ("y" in mark ? { ...mark, y: mark.y + down } : mark));

/** Captions of the columns and the query's own vector, over the rows; y counts from the top of the head. */
export function headMarks(layout: NeuronLayout, palette: Palette, picture: Picture): Mark[] {
  const { slice, query, clips } = picture;
  const { width: d, queries, scale, cap } = slice;
  const { vectors, products } = layout;
  const caption = (x: number, text: string, anchor: Text["anchor"] = "start") =>
    words(x, 14, text, palette.ink3, { anchor });
  const block = vectors ?? products;
  const own = stripMarks(
    { ...layout, row: 16 + 2 * GAP },
    block,
    0,
    [(c) => queries[query * d + c]!],
    picture,
    clips.vectors,
    palette,
  );
  const tight = layout.key === null;
  const above = tight ? "q, and q × k" : vectors ? "query, under it keys" : "query, under it query × key";
  const counted = `${above}: ${d} dimensions`;
  const room = vectors ? products.x - block.x - 8 : Number.POSITIVE_INFINITY;
  return [
    caption(layout.query.right, tight ? "token" : "a query…", "end"),
    caption(block.x, counted.length * CAPTION_ADVANCE > room ? above : counted),
    ...(vectors ? [caption(products.x, "query × key")] : []),
    ...shift(own, 22 - GAP - rowTop(layout, 0) + 3),
    ...(layout.score === null ? [] : [caption(layout.score, scoreName(scale, cap), "end")]),
    ...(layout.rest === null ? [] : [caption(layout.rest, "+ rest", "end")]),
    caption(layout.logit, tight ? "logit" : layout.score === null ? "q·k = logit" : "= logit", "end"),
    caption(layout.bar.left, "softmax"),
    ...(layout.key ? [caption(layout.key.left, "…meets keys")] : []),
  ];
}

/** Whether the sum of products is scaled or capped before anything else is added. */
export const isScaled = ({ scale, cap }: Pick<Picture["slice"], "scale" | "cap">): boolean =>
  Math.abs(scale - 1) > 1e-6 || cap !== null;

/** "q·k × 0.125": what the score is made of. */
export function scoreName(scale: number, cap: number | null): string {
  const scaled = Math.abs(scale - 1) < 1e-6 ? "q·k" : `q·k × ${Number(scale.toPrecision(3))}`;
  return cap === null ? scaled : `${scaled}, capped`;
}
