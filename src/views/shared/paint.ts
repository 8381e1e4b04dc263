import { controls, fonts, type Mark, type Picture, type Scene } from "./scene";

export type Context2D = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

const photographs = new WeakMap<Picture["pixels"], OffscreenCanvas>();

/** A picture as a canvas of its own pixels; of a photograph, which is painted over and over, one is kept. */
export function pictureCanvas(of: Pick<Picture, "pixels" | "columns" | "rows" | "smooth">): OffscreenCanvas {
  const { pixels, columns, rows, smooth } = of;
  const known = smooth && photographs.get(pixels);
  if (known) return known;
  const canvas = new OffscreenCanvas(columns, rows);
  canvas.getContext("2d")!.putImageData(new ImageData(pixels, columns, rows), 0, 0);
  if (smooth) photographs.set(pixels, canvas);
  return canvas;
}

/** Fonts as the browser writes them. */
const written = new Map<string, string>();

/** Setting a font takes a browser milliseconds, so it is set only where another one is. */
function setFont(context: Context2D, font: string): void {
  if (context.font === written.get(font)) return;
  context.font = font;
  written.set(font, context.font);
}

/** Paints marks on a canvas whose transform is set to CSS pixels. */
export function paint(context: Context2D, marks: readonly Mark[]): void {
  for (const of of marks)
    switch (of.kind) {
      case "rect": {
        if (of.turn) {
          context.save();
          context.translate(of.turn.x, of.turn.y);
          context.rotate((of.turn.degrees * Math.PI) / 180);
          context.translate(-of.turn.x, -of.turn.y);
        }
        context.beginPath();
        if (of.radius) context.roundRect(of.x, of.y, of.width, of.height, of.radius);
        else context.rect(of.x, of.y, of.width, of.height);
        if (of.fill !== undefined) {
          context.fillStyle = of.fill;
          context.fill();
        }
        if (of.stroke !== undefined) {
          context.strokeStyle = of.stroke;
          context.lineWidth = of.strokeWidth ?? 1;
          context.setLineDash([]);
          context.stroke();
        }
        if (of.turn) context.restore();
        break;
      }
      case "text":
        setFont(context, `${of.weight ?? 400} ${of.size}px ${fonts[of.font]}`);
        context.fillStyle = of.fill;
        context.textAlign = of.anchor === "middle" ? "center" : (of.anchor ?? "start");
        context.textBaseline = "alphabetic";
        if (of.rotate === undefined) context.fillText(of.text, of.x, of.y);
        else {
          context.save();
          context.translate(of.x, of.y);
          context.rotate((of.rotate * Math.PI) / 180);
          context.fillText(of.text, 0, 0);
          context.restore();
        }
        break;
      case "curve": {
        const [ax, ay, bx, by] = controls(of);
        context.beginPath();
        context.moveTo(of.x0, of.y0);
        if (of.straight) context.lineTo(of.x1, of.y1);
        else context.bezierCurveTo(ax, ay, bx, by, of.x1, of.y1);
        context.strokeStyle = of.stroke;
        context.lineWidth = of.width;
        context.setLineDash(of.dash ? [...of.dash] : []);
        context.stroke();
        break;
      }
      case "picture":
        context.imageSmoothingEnabled = of.smooth === true;
        context.imageSmoothingQuality = "high";
        context.drawImage(pictureCanvas(of), of.x, of.y, of.width, of.height);
        break;
      case "group": {
        // Marks of a group hide each other and fade together, as in SVG, so they are painted apart first.
        const { a: scale, e: left, f: above } = context.getTransform();
        const apart = new OffscreenCanvas(context.canvas.width, context.canvas.height);
        const inner = apart.getContext("2d")!;
        inner.setTransform(scale, 0, 0, scale, left, above);
        paint(inner, of.marks);
        context.save();
        context.setTransform(1, 0, 0, 1, 0, 0);
        context.globalAlpha = of.opacity;
        context.drawImage(apart, 0, 0);
        context.restore();
        break;
      }
    }
}

/** A scene as a PNG file, `scale` device pixels for one of the scene's. */
export async function paintPng(scene: Scene, scale = 2): Promise<Blob> {
  const canvas = new OffscreenCanvas(Math.ceil(scene.width * scale), Math.ceil(scene.height * scale));
  const context = canvas.getContext("2d")!;
  context.scale(scale, scale);
  paint(context, [
    { kind: "rect", x: 0, y: 0, width: scene.width, height: scene.height, fill: scene.background },
    ...scene.marks,
  ]);
  return canvas.convertToBlob({ type: "image/png" });
}

/** A picture as a PNG data address, for SVG. */
export function pictureUrl(picture: Picture): string {
  const canvas = document.createElement("canvas");
  canvas.width = picture.columns;
  canvas.height = picture.rows;
  canvas.getContext("2d")!.putImageData(new ImageData(picture.pixels, picture.columns, picture.rows), 0, 0);
  return canvas.toDataURL("image/png");
}
