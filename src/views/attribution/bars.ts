import type { Unit } from "../../store/units";
import { fixed, type Values } from "../shared/explained";
import { rule, words } from "../shared/marks";
import type { Palette } from "../shared/palette";
import { clip, type Mark, tokWidth } from "../shared/scene";

/** Where a bar of a list starts and ends, as shares of the room that bars have. */
export interface BarScale {
  /** Where zero stands, 0 at the left. */
  readonly zero: number;
  /** Room for one unit of value. */
  readonly per: number;
}

/** One scale for all bars: from the lowest value or 0 to the highest or 0. */
export function barScale(values: Values): BarScale {
  const low = values.reduce((least, value) => Math.min(least, value), 0);
  const high = values.reduce((most, value) => Math.max(most, value), 0);
  const span = high - low;
  return span > 0 ? { zero: -low / span, per: 1 / span } : { zero: 0, per: 0 };
}

/** Start and width of a bar, as shares. */
export const barOf = ({ zero, per }: BarScale, value: number): { readonly from: number; readonly width: number } => {
  const width = Math.abs(value) * per;
  return { from: value < 0 ? zero - width : zero, width };
};

/** How many places a list of values needs, so that its largest shows two digits or three. */
export function placesFor(values: Values): number {
  const most = values.reduce((top, value) => Math.max(top, Math.abs(value)), 0);
  if (most === 0 || !Number.isFinite(most)) return 2;
  return Math.min(6, Math.max(2, 2 - Math.floor(Math.log10(most))));
}

export const ROW = 22;
const SIZE = 13;
const NUMBER = 58;
const MOST_SIGNS = 18;

/** Tokens as horizontal bars, a row each, as marks from (0, 0) on. */
export function barMarks(
  units: readonly Unit[],
  values: Values,
  { signed, pinned, width }: { readonly signed: boolean; readonly pinned: number | null; readonly width: number },
  palette: Palette,
): Mark[] {
  const scale = barScale(values);
  const places = placesFor(values);
  const labels = units.map(({ mark, label }) => clip(mark + label, SIZE, MOST_SIGNS * SIZE * 0.6));
  const left = labels.reduce((most, label) => Math.max(most, tokWidth(label, SIZE)), 0) + 14;
  const room = Math.max(40, width - left - NUMBER - 8);
  const zero = left + scale.zero * room;
  return [
    ...units.flatMap((unit, i): Mark[] => {
      const y = i * ROW;
      const value = values[i]!;
      const { from, width: share } = barOf(scale, value);
      const lit = i === pinned;
      const labelWidth = tokWidth(labels[i]!, SIZE);
      const fill = !signed ? palette.att : value < 0 ? palette.against : palette.for;
      return [
        ...(lit
          ? [
              {
                kind: "rect" as const,
                x: left - 14 - labelWidth,
                y: y + 1,
                width: labelWidth + 10,
                height: ROW - 2,
                radius: 4,
                fill: palette.pin,
              },
            ]
          : []),
        words(left - 9, y + 15.5, labels[i]!, lit ? palette.surface : unit.special ? palette.ink3 : palette.ink, {
          font: "tok",
          size: SIZE,
          anchor: "end",
        }),
        { kind: "rect", x: left + from * room, y: y + 5, width: share * room, height: ROW - 10, radius: 1, fill },
        words(width, y + 15.5, fixed(value, signed, places), palette.ink2, { size: 12, anchor: "end" }),
      ];
    }),
    rule(zero, 0, zero, units.length * ROW, palette.line2),
  ];
}
