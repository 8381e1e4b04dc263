import { attentionColour, type Palette, signedColour } from "./palette";
import { type Mark, type Rect, type Text, tokWidth } from "./scene";

/** A line of text in the font of the page; `more` says what differs. */
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

/** A straight line. */
export const rule = (
  x0: number,
  y0: number,
  x1: number,
  y1: number,
  stroke: string,
  { width = 1, dash }: { readonly width?: number; readonly dash?: readonly number[] } = {},
): Mark => ({ kind: "curve", x0, y0, x1, y1, stroke, width, straight: true, ...(dash && { dash }) });

/** A dot about (x, y): filled, or a ring on the surface. */
export const dot = (x: number, y: number, radius: number, ink: string, hollow: string | null): Rect => ({
  kind: "rect",
  x: x - radius,
  y: y - radius,
  width: 2 * radius,
  height: 2 * radius,
  radius,
  fill: hollow ?? ink,
  ...(hollow !== null && { stroke: ink, strokeWidth: 1.6 }),
});

/** Moves marks: figures are put together from parts that start at zero. */
export function shift(marks: readonly Mark[], dx: number, dy: number): Mark[] {
  return marks.map((mark): Mark => {
    if (mark.kind === "group") return { ...mark, marks: shift(mark.marks, dx, dy) };
    if (mark.kind === "curve")
      return { ...mark, x0: mark.x0 + dx, x1: mark.x1 + dx, y0: mark.y0 + dy, y1: mark.y1 + dy };
    return { ...mark, x: mark.x + dx, y: mark.y + dy };
  });
}

/** About the advance of a text in the page's font, whose letters differ in width. */
export const uiWidth = (text: string, size: number): number => [...text].length * size * 0.54;

/** A word that is rotated under or over its column. */
export const ANGLE = -50;

/** How high and how wide the longest of some labels stands when it is turned by `ANGLE`. */
export function turned(labels: readonly string[], size: number): { readonly height: number; readonly width: number } {
  const longest = labels.reduce((most, label) => Math.max(most, tokWidth(label, size)), 0);
  const radians = (-ANGLE * Math.PI) / 180;
  return { height: longest * Math.sin(radians), width: longest * Math.cos(radians) };
}

/** The colour of a value between -1 and 1 (signed) or 0 and 1. */
export const shade = (palette: Palette, signed: boolean, value: number): string =>
  signed ? signedColour(palette, value) : attentionColour(palette, value);

const STEPS = 21;

/** A scale bar as marks: `width` by 9, with a word at either end. Negative steps of a signed scale carry their dash. */
export function scaleMarks(
  palette: Palette,
  signed: boolean,
  x: number,
  y: number,
  width: number,
  [low, high]: readonly [string, string],
): Mark[] {
  const step = width / STEPS;
  const from = x + uiWidth(low, 12) + 8;
  return [
    words(x, y + 9, low, palette.ink2, { size: 12 }),
    ...Array.from({ length: STEPS }, (_, i): Mark => {
      const t = i / (STEPS - 1);
      const fill = shade(palette, signed, signed ? 2 * t - 1 : t);
      return { kind: "rect", x: from + i * step, y, width: step + 0.2, height: 9, fill };
    }),
    words(from + width + 8, y + 9, high, palette.ink2, { size: 12 }),
  ];
}

/** The same scale as a CSS gradient. */
export const gradient = (palette: Palette, signed: boolean): string =>
  `linear-gradient(90deg, ${Array.from({ length: STEPS }, (_, i) => {
    const t = i / (STEPS - 1);
    return shade(palette, signed, signed ? 2 * t - 1 : t);
  }).join(", ")})`;
