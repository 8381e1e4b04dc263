import { CONTEXT, FOCUSED, FULL_WIDTH, fan, IDLE, type LineList } from "../shared/lines";
import { paint } from "../shared/paint";
import { DASH, headColour, headDashed, type Palette } from "../shared/palette";
import type { Curve, Mark } from "../shared/scene";
import { eachLineIn, rowMiddle, rowsIn, type ShownHead } from "./draw";
import type { Layout } from "./layout";

/** What a frame shows; two frames with equal `view` differ only in what is focused. */
export interface Frame {
  readonly heads: readonly ShownHead[];
  readonly layout: Layout;
  readonly palette: Palette;
  readonly straight: boolean;
  readonly scroll: number;
  readonly height: number;
  readonly ratio: number;
  /** Lines in full colour; null where nothing is focused. */
  readonly focus: readonly Curve[] | null;
  /** Stubs, bars, and whatever else stands beside the lines. */
  readonly beside: readonly Mark[];
}

/** Room above and below a bitmap of lines, since heads are shifted against each other. */
const MARGIN = 12;
/** Bitmaps that are kept: all heads of a large layer on a large screen. */
const MOST_BYTES = 160 * 2 ** 20;

/**
 * Paints the lines of many heads. The lines of each head are drawn once into a bitmap of their own; a toggle puts
 * bitmaps together anew, and a hover only draws the focused lines over what is there.
 */
export class LinePainter {
  readonly #context: CanvasRenderingContext2D;
  readonly #bitmaps = new Map<LineList, OffscreenCanvas>();
  readonly #together = new Map<number, { heads: readonly ShownHead[]; canvas: OffscreenCanvas }>();
  #view = "";

  constructor(canvas: HTMLCanvasElement) {
    const context = canvas.getContext("2d");
    if (!context) throw new Error("no canvas: this browser gives no 2D context");
    this.#context = context;
  }

  paint(frame: Frame): void {
    const { layout, scroll, height, ratio, focus, beside } = frame;
    this.#look(frame);
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
  #look({ layout, palette, straight, scroll, height, ratio }: Frame): void {
    const view = [layout.x0, layout.x1, layout.row, layout.top, palette.scheme, straight, scroll, height, ratio].join();
    if (view === this.#view) return;
    this.#view = view;
    this.#bitmaps.clear();
    this.#together.clear();
  }

  /** All heads that are on, each at an opacity. */
  #all(frame: Frame, opacity: number): OffscreenCanvas {
    const known = this.#together.get(opacity);
    if (known && known.heads === frame.heads) return known.canvas;
    const { heads, ratio } = frame;
    const { width, height } = sizeOf(frame);
    const canvas = known?.canvas ?? new OffscreenCanvas(width, height);
    const context = canvas.getContext("2d")!;
    context.clearRect(0, 0, width, height);
    context.globalAlpha = opacity;
    for (const [n, head] of heads.entries())
      context.drawImage(this.#one(frame, head), 0, Math.round(fan(n, heads.length) * ratio));
    this.#together.set(opacity, { heads, canvas });
    return canvas;
  }

  /** The lines of one head that touch rows on screen, opaque. */
  #one(frame: Frame, { head, lines }: ShownHead): OffscreenCanvas {
    const known = this.#bitmaps.get(lines);
    if (known) return known;
    const { width, height } = sizeOf(frame);
    for (const [key, { width: w, height: h }] of this.#bitmaps) {
      if (this.#bitmaps.size * w * h * 4 < MOST_BYTES) break;
      this.#bitmaps.delete(key);
    }
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext("2d")!;
    const { layout, palette, straight, scroll, height: visible, ratio } = frame;
    context.setTransform(ratio, 0, 0, ratio, -layout.x0 * ratio, (MARGIN - scroll) * ratio);
    context.strokeStyle = headColour(palette, head);
    if (headDashed(palette, head)) context.setLineDash([...DASH]);
    const middle = (layout.x0 + layout.x1) / 2;
    const rows = rowsIn(layout, scroll, visible, lines.start.length - 1);
    eachLineIn(lines, rows, (query, key, weight) => {
      const y0 = rowMiddle(layout, query);
      const y1 = rowMiddle(layout, key);
      context.lineWidth = FULL_WIDTH * weight;
      context.beginPath();
      context.moveTo(layout.x0, y0);
      if (straight) context.lineTo(layout.x1, y1);
      else context.bezierCurveTo(middle, y0, middle, y1, layout.x1, y1);
      context.stroke();
    });
    this.#bitmaps.set(lines, canvas);
    return canvas;
  }
}

const sizeOf = ({ layout, height, ratio }: Frame): { width: number; height: number } => ({
  width: Math.max(1, Math.round((layout.x1 - layout.x0) * ratio)),
  height: Math.max(1, Math.round((height + 2 * MARGIN) * ratio)),
});
