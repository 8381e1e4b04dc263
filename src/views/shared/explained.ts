import type { Unit } from "../../store/units";

/** One value a unit, as a method gave them. */
export type Values = readonly number[];

/** Units that are ranked: special tokens are left alone by most methods, so they take no part. */
export const takesPart = (units: readonly Unit[]): number[] => units.flatMap(({ special }, i) => (special ? [] : [i]));

/** The largest magnitude among the units that take part, which is where a row's shade is full; 0 where all are 0. */
export const peakOf = (values: Values, units: readonly Unit[]): number =>
  takesPart(units).reduce((most, i) => Math.max(most, Math.abs(values[i] ?? 0)), 0);

/** Units by magnitude, strongest first, special tokens left out. Equal ones stay in the order of the text. */
export const strongest = (values: Values, units: readonly Unit[]): number[] =>
  takesPart(units).sort((a, b) => Math.abs(values[b]!) - Math.abs(values[a]!));

/** A value's share of the full shade, -1 to 1; special tokens may be stronger than all that take part. */
export const shareOf = (value: number, peak: number): number =>
  peak > 0 ? Math.min(1, Math.max(-1, value / peak)) : 0;

const signOf = (value: number): string => (value < 0 ? "−" : "+");

/** A number as views write it: three digits that tell something, a true minus, a plus where it has a sign to show. */
export function figure(
  value: number,
  { signed = false, digits = 3 }: { signed?: boolean; digits?: number } = {},
): string {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  const rounded = Number(size.toPrecision(digits));
  const plain =
    rounded === 0
      ? "0"
      : rounded >= 1e5 || rounded < 1e-4
        ? rounded
            .toExponential(Math.max(0, digits - 1))
            .replace("e-", "e−")
            .replace("e+", "e")
        : rounded >= 1
          ? rounded.toFixed(Math.max(0, digits - 1 - Math.floor(Math.log10(rounded))))
          : rounded.toFixed(Math.min(6, digits - 1 - Math.floor(Math.log10(rounded))));
  if (plain === "0") return "0";
  return signed ? `${signOf(value)}${plain}` : value < 0 ? `−${plain}` : plain;
}

/** A value to two places, with a sign where the scale has one: "+1.48", "−0.38", "0.31". */
export const fixed = (value: number, signed: boolean, places = 2): string => {
  const plain = Math.abs(value).toFixed(places);
  if (Number(plain) === 0) return (0).toFixed(places);
  return signed || value < 0 ? `${signOf(value)}${plain}` : plain;
};

/** "40 ms", "1.3 s", "2 min". */
export function duration(ms: number): string {
  if (ms < 9.95) return `${ms.toFixed(1)} ms`;
  if (ms < 995) return `${Math.round(ms)} ms`;
  if (ms < 99_500) return `${(ms / 1000).toFixed(ms < 9950 ? 1 : 0)} s`;
  return `${Math.round(ms / 60_000)} min`;
}

/** "17 forward, 5 backward passes". */
export function passesOf({ forward, backward }: { readonly forward: number; readonly backward: number }): string {
  if (forward === 0 && backward === 0) return "no further pass";
  const noun = forward + backward === 1 ? "pass" : "passes";
  return backward === 0 ? `${forward} forward ${noun}` : `${forward} forward, ${backward} backward ${noun}`;
}

/** A p-value as the matrices write it: ".012", "<.001". */
export const pValue = (p: number | null): string =>
  p === null || Number.isNaN(p) ? "–" : p < 0.0005 ? "<.001" : p >= 0.9995 ? "1" : p.toFixed(3).replace(/^0/, "");

/** A correlation: ".62", "−.31", "1". */
export const rhoValue = (rho: number | null): string => {
  if (rho === null || Number.isNaN(rho)) return "–";
  const plain = Math.abs(rho).toFixed(2);
  return `${rho < 0 && Number(plain) !== 0 ? "−" : ""}${plain === "1.00" ? "1" : plain.replace(/^0/, "")}`;
};

/** The middle of some numbers. */
export function median(numbers: readonly number[]): number {
  if (numbers.length === 0) return Number.NaN;
  const sorted = [...numbers].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}
