import { scaleLinear } from "d3";
import type { Unit } from "../../store/units";
import { placesFor } from "../attribution/bars";
import { fixed, type Values } from "../shared/explained";
import { rule, words } from "../shared/marks";
import type { Palette } from "../shared/palette";
import { clip, type Mark, tokWidth } from "../shared/scene";

const LEFT = 48;
const WIDEST = 84;
const NARROWEST = 12;
const PLOT = 190;
const ABOVE = 26;
const SIGNS = 14;
const LEAN = -33;
/** Values under this share of the largest have no number over their bar. */
const TOLD = 0.08;

/** Where bars stand: a column a unit, zero between what rises and what falls. */
export interface BarsLayout {
  readonly left: number;
  readonly cell: number;
  readonly width: number;
  readonly height: number;
  readonly top: number;
  readonly bottom: number;
  readonly labels: readonly string[];
  readonly size: number;
  readonly y: (value: number) => number;
  readonly ticks: readonly number[];
}

/** Lays bars out in a width; more units than fit are scrolled to. */
export function barsLayout(width: number, units: readonly Unit[], values: Values): BarsLayout {
  const count = Math.max(1, units.length);
  const cell = Math.max(NARROWEST, Math.min(WIDEST, Math.floor((width - LEFT - 30) / count)));
  const size = cell >= 18 ? 12 : 10;
  const labels = units.map(({ mark, label }) => clip(mark + label, size, SIGNS * size * 0.6));
  const longest = labels.reduce((most, label) => Math.max(most, tokWidth(label, size)), 0);
  const steep = cell < 26;
  const foot = longest * Math.sin(((steep ? 55 : -LEAN) * Math.PI) / 180) + 22;
  const low = values.reduce((least, value) => Math.min(least, value), 0);
  const high = values.reduce((most, value) => Math.max(most, value), 0);
  const flat = low === 0 && high === 0;
  const y = scaleLinear([flat ? -1 : low, flat ? 1 : high], [ABOVE + PLOT - (low < 0 ? 16 : 0), ABOVE + 14]);
  const left = Math.max(LEFT, longest * 0.6);
  return {
    left,
    cell,
    width: Math.max(width, left + cell * count + 8),
    height: ABOVE + PLOT + foot,
    top: ABOVE,
    bottom: ABOVE + PLOT,
    labels,
    size,
    y,
    ticks: flat ? [0] : y.ticks(4),
  };
}

export const unitAtX = ({ left, cell }: BarsLayout, count: number, x: number): number | null => {
  const unit = Math.floor((x - left) / cell);
  return unit >= 0 && unit < count ? unit : null;
};

/** What is drawn of a removal: bars of the drop over their tokens. */
export interface BarsPicture {
  readonly units: readonly Unit[];
  readonly values: Values;
  /** What its fall would mean: "lowers POSITIVE when masked". */
  readonly up: string;
  readonly down: string;
  readonly pinned: number | null;
  readonly hovered: number | null;
}

export function barsMarks(layout: BarsLayout, picture: BarsPicture, palette: Palette): Mark[] {
  const { left, cell, width, top, bottom, labels, size, y, ticks } = layout;
  const { units, values, up, down, pinned, hovered } = picture;
  const places = placesFor(values);
  const most = values.reduce((top, value) => Math.max(top, Math.abs(value)), 0);
  const right = Math.max(width - 8, left + cell * units.length);
  const marks: Mark[] = [];
  const column = (unit: number, fill: string): Mark => ({
    kind: "rect",
    x: left + unit * cell,
    y: top - 10,
    width: cell,
    height: bottom - top + 14,
    fill,
  });
  if (pinned !== null) marks.push(column(pinned, palette.sunk));
  if (hovered !== null && hovered !== pinned) marks.push(column(hovered, palette.ground));
  for (const tick of ticks) {
    marks.push(rule(left, y(tick), right, y(tick), tick === 0 ? palette.line2 : palette.line));
    marks.push(words(left - 10, y(tick) + 4, fixed(tick, true, tickPlaces(ticks)), palette.ink2, { anchor: "end" }));
  }
  marks.push(words(left + 4, top - 12, up, palette.ink3));
  if (values.some((value) => value < 0)) marks.push(words(left + 4, bottom + 2, down, palette.ink3));
  const bar = Math.min(34, cell * 0.68);
  const numbered = cell >= 30;
  for (const [i, value] of values.entries()) {
    const x = left + (i + 0.5) * cell;
    const zero = y(0);
    const at = y(value);
    if (!units[i]!.special)
      marks.push({
        kind: "rect",
        x: x - bar / 2,
        y: Math.min(zero, at),
        width: bar,
        height: Math.max(0.8, Math.abs(at - zero)),
        radius: 1,
        fill: value < 0 ? palette.against : palette.for,
      });
    if ((numbered && Math.abs(value) >= TOLD * most && most > 0) || i === pinned)
      marks.push(
        words(x, value < 0 ? at + 13 : at - 5, fixed(value, true, Math.min(3, places)), palette.ink2, {
          anchor: "middle",
        }),
      );
  }
  return [...marks, ...labelMarks(layout, picture, palette, labels, size)];
}

const tickPlaces = (ticks: readonly number[]): number =>
  Math.max(0, ...ticks.map((tick) => (`${Number(tick.toPrecision(6))}`.split(".")[1] ?? "").length));

function labelMarks(
  { left, cell, bottom }: BarsLayout,
  { units, pinned, hovered }: BarsPicture,
  palette: Palette,
  labels: readonly string[],
  size: number,
): Mark[] {
  const degrees = cell < 26 ? -55 : LEAN;
  return units.flatMap((unit, i): Mark[] => {
    const label = labels[i]!;
    const x = left + (i + 0.5) * cell + 4;
    const y = bottom + 18;
    const lit = i === pinned ? "pin" : i === hovered ? "hover" : null;
    const width = tokWidth(label, size);
    const fill =
      lit === "pin" ? palette.surface : lit === "hover" ? "#14171c" : unit.special ? palette.ink3 : palette.ink;
    return [
      ...(lit
        ? [
            {
              kind: "rect" as const,
              x: x - width - 4,
              y: y - size,
              width: width + 8,
              height: size + 6,
              radius: 4,
              fill: lit === "pin" ? palette.pin : palette.mark,
              turn: { degrees, x, y },
            },
          ]
        : []),
      words(x, y, label, fill, { font: "tok", size, anchor: "end", rotate: degrees }),
    ];
  });
}
