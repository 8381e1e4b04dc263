import { scaleLinear, scaleLog } from "d3";
import { dot, rule, uiWidth, words } from "../shared/marks";
import type { Palette } from "../shared/palette";
import type { Mark } from "../shared/scene";

/** A number as it was measured in this session: its middle and how far it spread. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** A method as it was measured: how far the target falls without its first tokens, and the time that it took. */
export interface Point {
  readonly id: string;
  readonly label: string;
  readonly signed: boolean;
  /** Milliseconds. */
  readonly ms: Spread;
  readonly faithfulness: Spread;
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const LEFT = 42;
const RIGHT = 14;
const ABOVE = 14;
const BELOW = 26;
const RADIUS = 4.2;
const SIZE = 11.5;
/** A label so near its dot needs no line to it. */
const NEAR = 12;
/** No method is drawn quicker than this: clocks of browsers are no finer. */
const QUICKEST = 0.1;

const meets = (a: Box, b: Box): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

const timeLabel = (ms: number): string => (ms < 1000 ? `${ms} ms` : `${ms / 1000} s`);

/** Places of a label about its dot, best first: beside it, over it, under it. */
function places(x: number, y: number, width: number): Box[] {
  const height = SIZE + 3;
  const beside = 8;
  return [
    { x: x + beside, y: y - height / 2, width, height },
    { x: x - beside - width, y: y - height / 2, width, height },
    { x: x - width / 2, y: y - height - 6, width, height },
    { x: x - width / 2, y: y + 7, width, height },
    { x: x + 5, y: y - height - 5, width, height },
    { x: x + 5, y: y + 6, width, height },
    { x: x - 5 - width, y: y - height - 5, width, height },
    { x: x - 5 - width, y: y + 6, width, height },
    // Farther off, with a line that leads there: up and down, and then out to the sides.
    ...AWAY.flatMap(([by, out]) =>
      [-1, 1].flatMap((side) => [
        { x: x + beside + out, y: y - height / 2 + side * by * (height - 1), width, height },
        { x: x - beside - out - width, y: y - height / 2 + side * by * (height - 1), width, height },
      ]),
    ),
  ];
}

/** Steps away from a dot, in lines of text and pixels to the side, the nearest first. */
const AWAY: readonly (readonly [by: number, out: number])[] = [0, 30, 80, 150, 240]
  .flatMap((out) => Array.from({ length: 15 }, (_, by): [number, number] => [by, out]))
  .filter(([by, out]) => by > 1 || out > 0)
  .sort((a, b) => a[0] * (SIZE + 2) + a[1] - (b[0] * (SIZE + 2) + b[1]));

/** Where a line from a dot meets its label: null where the label stands beside it and needs none. */
function leader(x: number, y: number, box: Box): { readonly x: number; readonly y: number } | null {
  const at = {
    x: Math.min(box.x + box.width, Math.max(box.x, x)),
    y: Math.min(box.y + box.height - 2, Math.max(box.y + 2, y)),
  };
  return Math.hypot(at.x - x, at.y - y) > NEAR ? at : null;
}

/** Whether a line from a dot goes through a box; looked at every few pixels, which is finer than any text. */
function crosses(x: number, y: number, to: { readonly x: number; readonly y: number }, box: Box): boolean {
  const steps = Math.ceil(Math.hypot(to.x - x, to.y - y) / 3);
  return Array.from({ length: steps }, (_, i) => i / steps).some((share) => {
    const [px, py] = [x + share * (to.x - x), y + share * (to.y - y)];
    return px > box.x && px < box.x + box.width && py > box.y && py < box.y + box.height;
  });
}

/** Labels beside their dots, none over another, a dot, what else is written, or the frame: the best place that is free. */
export function placeLabels(
  dots: readonly { readonly x: number; readonly y: number; readonly label: string }[],
  frame: Box,
  others: readonly Box[] = [],
): Box[] {
  const taken: Box[] = [...dots.map(({ x, y }) => ({ x: x - 5, y: y - 5, width: 10, height: 10 })), ...others];
  const inside = (box: Box): boolean =>
    box.x >= frame.x &&
    box.y >= frame.y &&
    box.x + box.width <= frame.x + frame.width &&
    box.y + box.height <= frame.y + frame.height;
  const order = dots.map((_, i) => i).sort((a, b) => dots[a]!.y - dots[b]!.y);
  const placed = new Array<Box>(dots.length);
  const lines: { readonly x: number; readonly y: number; readonly to: { readonly x: number; readonly y: number } }[] =
    [];
  for (const i of order) {
    const { x, y, label } = dots[i]!;
    const own = taken[i]!;
    const tried = places(x, y, uiWidth(label, SIZE));
    const clear = (box: Box): boolean => {
      const to = leader(x, y, box);
      return (
        taken.every((other) => other === own || (!meets(box, other) && !(to && crosses(x, y, to, other)))) &&
        lines.every((line) => !crosses(line.x, line.y, line.to, box))
      );
    };
    const apart = (box: Box): boolean => taken.every((other) => other === own || !meets(box, other));
    const free = tried.find((box) => inside(box) && clear(box)) ?? tried.find((box) => inside(box) && apart(box));
    const box = free ?? tried.find(inside) ?? tried[0]!;
    const to = leader(x, y, box);
    if (to) lines.push({ x, y, to });
    placed[i] = box;
    taken.push(box);
  }
  return placed;
}

/** Faithfulness over cost: a dot a method, filled where it is signed, its name beside it, lines for how far it spread. */
export function scatterMarks(
  points: readonly Point[],
  random: number | null,
  { width, height }: { readonly width: number; readonly height: number },
  palette: Palette,
  lit: string | null,
  what = "tokens",
): Mark[] {
  const times = points.flatMap(({ ms }) => [ms.least, ms.most]).map((ms) => Math.max(QUICKEST, ms));
  const values = points.flatMap(({ faithfulness: { least, most } }) => [least, most]);
  const low = Math.min(0, random ?? 0, ...values);
  const high = Math.max(0.1, random ?? 0, ...values);
  const x = scaleLog([Math.min(...times) / 1.6, Math.max(...times) * 2.2], [LEFT, width - RIGHT]);
  const y = scaleLinear([low, high], [height - BELOW, ABOVE]).nice(5);
  const marks: Mark[] = [];
  for (const tick of y.ticks(5)) {
    const at = y(tick);
    marks.push(rule(LEFT, at, width - RIGHT, at, tick === 0 ? palette.line2 : palette.line));
    marks.push(words(LEFT - 8, at + 4, tick < 0 ? `−${-tick}` : `${tick}`, palette.ink2, { anchor: "end" }));
  }
  const decades = x.domain().map((ms) => Math.log10(ms));
  for (let power = Math.ceil(decades[0]!); power <= Math.floor(decades[1]!); power++) {
    const at = x(10 ** power);
    marks.push(rule(at, height - BELOW, at, height - BELOW + 4, palette.line2));
    const anchor = at > width - 40 ? "end" : "middle";
    marks.push(words(at, height - 8, timeLabel(Number((10 ** power).toPrecision(1))), palette.ink2, { anchor }));
  }
  const dots = points.map(({ ms, faithfulness, label }) => ({
    x: x(Math.max(QUICKEST, ms.median)),
    y: y(faithfulness.median),
    label,
  }));
  const frame = { x: LEFT, y: 0, width: width - LEFT, height: height - BELOW };
  const line = random === null ? null : `removing ${what} at random, ${random.toFixed(2).replace("-", "−")}`;
  const lineWidth = line === null ? 0 : uiWidth(line, 11);
  const lineBox =
    random === null ? [] : [{ x: width - RIGHT - lineWidth, y: y(random) + 3, width: lineWidth, height: 13 }];
  const labels = placeLabels(dots, frame, lineBox);
  for (const [i, { ms, faithfulness, id }] of points.entries()) {
    const at = dots[i]!;
    const ink = lit === id ? palette.ink : palette.edge;
    if (ms.most > ms.least)
      marks.push(rule(x(Math.max(QUICKEST, ms.least)), at.y, x(Math.max(QUICKEST, ms.most)), at.y, ink));
    if (faithfulness.most > faithfulness.least)
      marks.push(rule(at.x, y(faithfulness.least), at.x, y(faithfulness.most), ink));
  }
  if (random !== null) {
    const at = y(random);
    marks.push(rule(LEFT, at, width - RIGHT, at, palette.ink3, { dash: [3, 3] }));
    marks.push(
      words(width - RIGHT, at + 13, line!, palette.ink3, {
        anchor: "end",
      }),
    );
  }
  for (const [i, { id, label, signed }] of points.entries()) {
    const at = dots[i]!;
    const box = labels[i]!;
    const bold = lit === id;
    const to = leader(at.x, at.y, box);
    if (to) marks.push(rule(at.x, at.y, to.x, to.y, bold ? palette.ink : palette.edge));
    marks.push(dot(at.x, at.y, bold ? RADIUS + 1 : RADIUS, palette.ink, signed ? null : palette.surface));
    marks.push(words(box.x, box.y + SIZE, label, palette.ink, { size: SIZE, ...(bold && { weight: 600 }) }));
  }
  return marks;
}
