import { CONTEXT, FOCUSED, FULL_WIDTH, fan, IDLE, type LineList } from "../shared/lines";
import { paint } from "../shared/paint";
import { DASH, headColour, headDashed, type Palette } from "../shared/palette";
import type { Curve, Mark } from "../shared/scene";
import { eachLineIn, rowMiddle, rowsIn, type ShownHead } from "./draw";
import type { Layout } from "./layout";

/** What a frame shows. */
export interface Frame {
  readonly heads: readonly ShownHead[];
  readonly layout: Layout;
  readonly palette: Palette;
  readonly straight: boolean;
  readonly scroll: number;
  /** The rows are being scrolled: what was drawn is moved along, and drawn anew when they rest. */
  readonly moving: boolean;
  readonly height: number;
  readonly ratio: number;
  /** Lines in full colour; null where nothing is focused. */
  readonly focus: readonly Curve[] | null;
  /** Stubs, bars, and whatever else stands beside the lines. */
  readonly beside: readonly Mark[];
}

type Rows = readonly [from: number, to: number];

/** Room above and below a bitmap of lines, since heads are shifted against each other. */
const MARGIN = 12;
/** Bitmaps that are kept: all heads of a large layer on a large screen. */
const MOST_BYTES = 160 * 2 ** 20;

interface Together {
  readonly heads: readonly ShownHead[];
  readonly scroll: number;
  readonly canvas: OffscreenCanvas;
  /** It was moved along a scroll, and holds lines that have left. */
  readonly drifted: boolean;
}

/**
 * Paints the lines of many heads. The lines of each head are drawn once into a bitmap of their own; a toggle puts
 * bitmaps together anew, and a hover only draws the focused lines over what is there.
 */
export class LinePainter {
  readonly #context: CanvasRenderingContext2D;
  readonly #bitmaps = new Map<LineList, ImageBitmap>();
  /** Heads put together, by their opacity. */
  readonly #together = new Map<number, Together>();
  #place = "";
  #scroll = Number.NaN;
  #last: Frame | null = null;

  constructor(canvas: HTMLCanvasElement) {
    const context = canvas.getContext("2d");
    if (!context) throw new Error("no canvas: this browser gives no 2D context");
    this.#context = context;
  }

  /** Draws the lines of a head that isn't on yet, for when it is. */
  prepare(head: ShownHead): void {
    if (this.#last && !this.#last.moving) this.#one(this.#last, head);
  }

  paint(frame: Frame): void {
    const { layout, scroll, height, ratio, focus, beside } = frame;
    this.#forget(frame);
    this.#last = frame;
    const context = this.#context;
    const { canvas } = context;
    const width = Math.round(layout.width * ratio);
    const tall = Math.round(height * ratio);
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== tall) canvas.height = tall;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, width, tall);
    const lines = this.#all(frame, focus ? CONTEXT : IDLE);
    context.drawImage(lines, Math.round(layout.x0 * ratio), -MARGIN * ratio);
    context.setTransform(ratio, 0, 0, ratio, 0, -scroll * ratio);
    if (focus) {
      context.globalAlpha = FOCUSED;
      paint(context, focus);
      context.globalAlpha = 1;
    }
    paint(context, beside);
  }

  /** Forgets bitmaps that were drawn for another place, size or colour. */
  #forget({ layout, palette, straight, scroll, moving, height, ratio }: Frame): void {
    const { x0, x1, row, top } = layout;
    const place = [x0, x1, row, top, palette.scheme, straight, height, ratio].join();
    if (place !== this.#place) this.#together.clear();
    if (place !== this.#place || scroll !== this.#scroll)
      for (const [lines, bitmap] of this.#bitmaps) {
        bitmap.close();
        this.#bitmaps.delete(lines);
      }
    for (const [opacity, { scroll: at, drifted }] of this.#together)
      if (!moving && (at !== scroll || drifted)) this.#together.delete(opacity);
    this.#place = place;
    this.#scroll = scroll;
  }

  /** All heads that are on, each at an opacity. */
  #all(frame: Frame, opacity: number): OffscreenCanvas {
    const { heads, ratio, scroll, moving } = frame;
    const known = this.#together.get(opacity);
    if (known && known.heads === heads && known.scroll === scroll) return known.canvas;
    if (known && known.heads === heads && moving) return this.#moved(frame, opacity, known);
    const canvas = known?.canvas ?? blank(frame); // of the same size, or it would have been forgotten
    const context = canvas.getContext("2d")!;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.globalAlpha = opacity;
    for (const [n, head] of heads.entries())
      context.drawImage(this.#one(frame, head), 0, Math.round(fan(n, heads.length) * ratio));
    this.#together.set(opacity, { heads, scroll, canvas, drifted: false });
    return canvas;
  }

  /** What was drawn, moved to where the rows are now, with the lines of rows that have come on screen. */
  #moved(frame: Frame, opacity: number, { scroll: before, canvas: from, heads }: Together): OffscreenCanvas {
    const { layout, scroll, height, ratio } = frame;
    const canvas = blank(frame);
    const context = canvas.getContext("2d")!;
    context.drawImage(from, 0, Math.round((before - scroll) * ratio));
    context.globalAlpha = opacity;
    for (const [n, { head, lines }] of heads.entries()) {
      const rows = lines.start.length - 1;
      const seen = rowsIn(layout, before, height, rows);
      this.#stroke(context, frame, head, lines, rowsIn(layout, scroll, height, rows), fan(n, heads.length), seen);
    }
    this.#together.set(opacity, { heads, scroll, canvas, drifted: true });
    return canvas;
  }

  /** The lines of one head that touch rows on screen, opaque. */
  #one(frame: Frame, { head, lines }: ShownHead): ImageBitmap {
    const known = this.#bitmaps.get(lines);
    if (known) return known;
    const canvas = blank(frame);
    for (const [key, bitmap] of this.#bitmaps) {
      if (this.#bitmaps.size * canvas.width * canvas.height * 4 < MOST_BYTES) break;
      bitmap.close();
      this.#bitmaps.delete(key);
    }
    const rows = rowsIn(frame.layout, frame.scroll, frame.height, lines.start.length - 1);
    this.#stroke(canvas.getContext("2d")!, frame, head, lines, rows, 0, null);
    const bitmap = canvas.transferToImageBitmap(); // strokes are only noted down until somebody wants the pixels
    this.#bitmaps.set(lines, bitmap);
    return bitmap;
  }

  /** Strokes the lines with an end in some rows, but not those that had one in `seen`. */
  #stroke(
    context: OffscreenCanvasRenderingContext2D,
    { layout, palette, straight, scroll, ratio }: Frame,
    head: number,
    lines: LineList,
    rows: Rows,
    offset: number,
    seen: Rows | null,
  ): void {
    context.setTransform(ratio, 0, 0, ratio, -layout.x0 * ratio, (MARGIN - scroll + offset) * ratio);
    context.strokeStyle = headColour(palette, head);
    context.setLineDash(headDashed(palette, head) ? [...DASH] : []);
    const middle = (layout.x0 + layout.x1) / 2;
    const within = (row: number): boolean => seen !== null && row >= seen[0] && row < seen[1];
    eachLineIn(lines, rows, (query, key, weight) => {
      if (within(query) || within(key)) return;
      const y0 = rowMiddle(layout, query);
      const y1 = rowMiddle(layout, key);
      context.lineWidth = FULL_WIDTH * weight;
      context.beginPath();
      context.moveTo(layout.x0, y0);
      if (straight) context.lineTo(layout.x1, y1);
      else context.bezierCurveTo(middle, y0, middle, y1, layout.x1, y1);
      context.stroke();
    });
  }
}

const blank = ({ layout, height, ratio }: Frame): OffscreenCanvas =>
  new OffscreenCanvas(
    Math.max(1, Math.round((layout.x1 - layout.x0) * ratio)),
    Math.max(1, Math.round((height + 2 * MARGIN) * ratio)),
  );
