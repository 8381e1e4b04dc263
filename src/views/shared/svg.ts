import { controls, fonts, type Mark, type Picture, type Scene } from "./scene";

/** Encodes a picture as an image address: a canvas in a browser. */
export type EncodePicture = (picture: Picture) => string;

const escapes: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
/** Everything that XML 1.0 has no way to write. */
const FORBIDDEN = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;
const inXml = (text: string): string => text.replace(FORBIDDEN, "\uFFFD").replace(/[&<>"]/g, (sign) => escapes[sign]!);
const round = (value: number): string => `${Number(value.toFixed(2))}`;

function element(
  name: string,
  attributes: Readonly<Record<string, string | number | undefined>>,
  content?: string,
): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${typeof value === "number" ? round(value) : inXml(value!)}"`)
    .join("");
  return content === undefined ? `<${name}${written}/>` : `<${name}${written}>${content}</${name}>`;
}

function mark(of: Mark, encode: EncodePicture): string {
  switch (of.kind) {
    case "rect":
      return element("rect", {
        x: of.x,
        y: of.y,
        width: of.width,
        height: of.height,
        rx: of.radius,
        fill: of.fill ?? "none",
        stroke: of.stroke,
        "stroke-width": of.stroke === undefined ? undefined : (of.strokeWidth ?? 1),
        transform: of.turn && `rotate(${round(of.turn.degrees)} ${round(of.turn.x)} ${round(of.turn.y)})`,
      });
    case "text":
      return element(
        "text",
        {
          x: of.x,
          y: of.y,
          fill: of.fill,
          "font-family": fonts[of.font],
          "font-size": of.size,
          "font-weight": of.weight,
          "text-anchor": of.anchor === "start" ? undefined : of.anchor,
          transform: of.rotate === undefined ? undefined : `rotate(${round(of.rotate)} ${round(of.x)} ${round(of.y)})`,
          style:
            of.font === "tok" ? "font-variant-ligatures:none;white-space:pre" : "font-variant-numeric:tabular-nums",
        },
        inXml(of.text),
      );
    case "curve": {
      const [ax, ay, bx, by] = controls(of).map(round);
      const to = `${round(of.x1)} ${round(of.y1)}`;
      return element("path", {
        d: `M${round(of.x0)} ${round(of.y0)}${of.straight ? `L${to}` : `C${ax} ${ay} ${bx} ${by} ${to}`}`,
        fill: "none",
        stroke: of.stroke,
        "stroke-width": of.width,
        "stroke-dasharray": of.dash?.join(" "),
      });
    }
    case "picture":
      return element("image", {
        x: of.x,
        y: of.y,
        width: of.width,
        height: of.height,
        preserveAspectRatio: "none",
        style: of.smooth ? undefined : "image-rendering:pixelated",
        href: encode(of),
      });
    case "group":
      return element("g", { opacity: of.opacity }, `\n${of.marks.map((each) => mark(each, encode)).join("\n")}\n`);
  }
}

/** A scene as an SVG file: text stays text. */
export function writeSvg(scene: Scene, encode: EncodePicture): string {
  const { width, height, background, title, description, marks } = scene;
  const body = [
    element("title", {}, inXml(title)),
    element("desc", {}, inXml(description)),
    element("rect", { width, height, fill: background }),
    ...marks.map((each) => mark(each, encode)),
  ];
  const attributes = {
    xmlns: "http://www.w3.org/2000/svg",
    width,
    height,
    viewBox: `0 0 ${round(width)} ${round(height)}`,
    role: "img",
  };
  return `${element("svg", attributes, `\n${body.join("\n")}\n`)}\n`;
}
