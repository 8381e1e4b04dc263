import type { Attribution } from "./attribution";
import type { Correlation } from "./metrics/correlation";
import { entropy } from "./metrics/entropy";
import { gini } from "./metrics/gini";
import { kendall } from "./metrics/kendall";
import { topOverlap } from "./metrics/overlap";
import { descending, ranksOf } from "./metrics/ranks";
import { spearman } from "./metrics/spearman";
import type { Unit } from "./unit";

/**
 * Which values of two methods are held against each other:
 * - `matched` (the default): signed values where both methods have signs, magnitudes of both where one of them has none.
 *   A method without signs says how much a unit matters, not whether for or against, and can't agree with a sign.
 * - `signed`: the values as they are, whatever they mean.
 * - `absolute`: magnitudes of both, always.
 */
export type Scale = "matched" | "signed" | "absolute";

export interface ComparisonOptions {
  /** `matched` unless said otherwise. */
  readonly scale?: Scale;
  /** How many units count as a method's top; 3 unless said otherwise. */
  readonly top?: number;
}

/** What several methods say of one text and target, held against each other. Nothing is run for it. */
export interface Comparison {
  readonly scale: Scale;
  /** The units that are compared, as indices into the attributions' units: see `comparedUnits`. */
  readonly units: readonly number[];
  /** In the attributions' order. */
  readonly methods: readonly MethodSummary[];
  /** Spearman's rho of every method with every other, [M][M]; the diagonal is 1. */
  readonly spearman: readonly (readonly Correlation[])[];
  /** Kendall's tau-b likewise. */
  readonly kendall: readonly (readonly Correlation[])[];
  /** The share of their top units that two methods have in common, [M][M]. */
  readonly overlap: readonly (readonly (number | null)[])[];
  /** Every compared unit with the ranks that the methods give it, the most disputed first. */
  readonly disputes: readonly Dispute[];
  /** The two methods that agree least by Spearman's rho, as indices; null with fewer than two. */
  readonly farthest: readonly [number, number] | null;
}

export interface MethodSummary {
  readonly method: string;
  readonly signed: boolean;
  /** Units with the largest values, largest first, as indices into the attributions' units. */
  readonly top: readonly number[];
  /** How spread out the magnitudes are, in nats, and how unequal, 0 to 1; null where all are 0. */
  readonly entropy: number | null;
  readonly gini: number | null;
  readonly cost: Attribution["cost"];
  /** What the values sum to less what they should, over what they should; null where the method promises nothing. */
  readonly gap: number | null;
}

export interface Dispute {
  /** Index into the attributions' units. */
  readonly unit: number;
  /** The place that each method gives it, 1 for the most important; equal values share the mean of theirs. */
  readonly ranks: readonly number[];
  /** Standard deviation of the ranks. */
  readonly spread: number;
}

/**
 * Units on which methods can be held against each other, by their indices: all but special ones, and those that a method has
 * no value for (NaN: the place that is read has none where tokens are deleted).
 */
export const comparedUnits = (units: readonly Unit[], attributions: readonly Pick<Attribution, "values">[]): number[] =>
  units.flatMap((u, i) => (u.special || attributions.some(({ values }) => Number.isNaN(values[i])) ? [] : [i]));

/**
 * Holds attributions of one text, target and units against each other.
 * Ranks of `disputes` and tops go by signed values where all methods have signs, else by magnitudes; `scale` overrides.
 * @throws RangeError for attributions that aren't of the same units, or none
 */
export function compare(
  attributions: readonly Attribution[],
  { scale = "matched", top = 3 }: ComparisonOptions = {},
): Comparison {
  const [first] = attributions;
  if (!first) throw new RangeError("nothing to compare: no attribution");
  for (const { method, units, encoding } of attributions) {
    const same =
      units.length === first.units.length &&
      units.every((u, i) => String(u.tokens) === String(first.units[i].tokens)) &&
      String(encoding.ids) === String(first.encoding.ids);
    if (!same) throw new RangeError(`not of the same units: ${method} and ${first.method}`);
  }
  const units = comparedUnits(first.units, attributions);
  const own = attributions.map(({ values }) => units.map((i) => values[i]));
  const sizes = own.map((values) => values.map(Math.abs));
  const bySize = (...pair: readonly Attribution[]): boolean =>
    scale === "absolute" || (scale === "matched" && pair.some((a) => !a.signed));
  const matrix = <T>(of: (a: readonly number[], b: readonly number[]) => T): T[][] =>
    attributions.map((a, i) =>
      attributions.map((b, j) => {
        const values = bySize(a, b) ? sizes : own;
        return of(values[i], values[j]);
      }),
    );
  const rho = matrix((a, b) => spearman(a, b));
  const shared = bySize(...attributions) ? sizes : own;
  const ranks = shared.map((values) => ranksOf(values.map((v) => -v)));
  return {
    scale,
    units,
    methods: attributions.map((attribution, m) => ({
      method: attribution.method,
      signed: attribution.signed,
      top: descending(bySize(attribution) ? sizes[m] : own[m])
        .slice(0, top)
        .map((i) => units[i]),
      entropy: entropy(own[m]),
      gini: gini(own[m]),
      cost: attribution.cost,
      gap: gapOf(attribution),
    })),
    spearman: rho,
    kendall: matrix(kendall),
    overlap: matrix((a, b) => topOverlap(a, b, top)),
    disputes: units
      .map((unit, i) => {
        const given = ranks.map((r) => r[i]);
        return { unit, ranks: given, spread: deviation(given) };
      })
      .sort((a, b) => b.spread - a.spread || a.unit - b.unit),
    farthest: farthestOf(rho),
  };
}

function gapOf({ completeness }: Attribution): number | null {
  if (!completeness) return null;
  const { sum, expected } = completeness;
  return expected === 0 ? (sum === 0 ? 0 : Number.POSITIVE_INFINITY) : (sum - expected) / Math.abs(expected);
}

function farthestOf(rho: readonly (readonly Correlation[])[]): readonly [number, number] | null {
  const pairs = rho.flatMap((row, i) =>
    row.flatMap(({ rho: value }, j) => (j > i && value !== null ? [{ pair: [i, j] as const, value }] : [])),
  );
  return pairs.sort((a, b) => a.value - b.value)[0]?.pair ?? null;
}

function deviation(values: readonly number[]): number {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length);
}
