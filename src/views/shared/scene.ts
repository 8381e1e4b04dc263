/** What is drawn, as data: the screen's canvas, SVG and PNG all paint the same marks. Lengths are CSS pixels. */
export type Mark = Rect | Text | Curve | Picture | Group;

export interface Rect {
  readonly kind: "rect";
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly fill?: string;
  readonly stroke?: string;
  readonly strokeWidth?: number;
  readonly radius?: number;
  /** Turned by so many degrees about a point, as a label's ground is with its label. */
  readonly turn?: { readonly degrees: number; readonly x: number; readonly y: number };
}

export interface Text {
  readonly kind: "text";
  readonly x: number;
  /** Baseline. */
  readonly y: number;
  readonly text: string;
  readonly fill: string;
  readonly font: "ui" | "tok";
  readonly size: number;
  readonly weight?: number;
  readonly anchor?: "start" | "middle" | "end";
  /** Degrees, about (x, y). */
  readonly rotate?: number;
}

/** A line between two columns (or rows, where `along` is y). */
export interface Curve {
  readonly kind: "curve";
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
  readonly stroke: string;
  readonly width: number;
  readonly straight: boolean;
  readonly along?: "x" | "y";
  readonly dash?: readonly number[];
}

/** Pixels that are scaled up, with smoothing only where they are a photograph. */
export interface Picture {
  readonly kind: "picture";
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly columns: number;
  readonly rows: number;
  /** RGBA. [rows, columns, 4] */
  readonly pixels: Uint8ClampedArray<ArrayBuffer>;
  readonly smooth?: true;
}

/** Marks that fade together. */
export interface Group {
  readonly kind: "group";
  readonly opacity: number;
  readonly marks: readonly Mark[];
}

export interface Scene {
  readonly title: string;
  readonly description: string;
  readonly width: number;
  readonly height: number;
  readonly background: string;
  readonly marks: readonly Mark[];
}

export const fonts: Readonly<Record<Text["font"], string>> = {
  ui: '"Inter Variable", Inter, system-ui, sans-serif',
  tok: '"JetBrains Mono Variable", "JetBrains Mono", ui-monospace, monospace',
};

/** Advance of a character of the token font, per pixel of its size. */
export const TOK_ADVANCE = 0.6;

export const tokWidth = (text: string, size: number): number => [...text].length * size * TOK_ADVANCE;

/** Shortens a label to a width, with an ellipsis. */
export function clip(text: string, size: number, width: number): string {
  const signs = [...text];
  const most = Math.max(1, Math.floor(width / (size * TOK_ADVANCE)));
  return signs.length <= most ? text : `${signs.slice(0, most - 1).join("")}…`;
}

/** Control points of a curve: flat at both ends. */
export function controls({
  x0,
  y0,
  x1,
  y1,
  along = "x",
}: Omit<Curve, "stroke" | "width" | "straight" | "kind">): [number, number, number, number] {
  const middle = along === "x" ? (x0 + x1) / 2 : (y0 + y1) / 2;
  return along === "x" ? [middle, y0, middle, y1] : [x0, middle, x1, middle];
}
