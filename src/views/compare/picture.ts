import type { Attribution, MethodInfo } from "../../explain/attribution";
import { type Comparison, compare } from "../../explain/comparison";
import { optionsFor } from "../../store/explanation";
import { measuresOf, settingOf } from "../../store/measured";
import type { CompareState } from "../../store/slices/compare";
import type { Shown, State } from "../../store/state";
import type { Unit } from "../../store/units";
import { median } from "../shared/explained";
import { unitsFor, valuesOf } from "../shared/explaining";
import type { Noun } from "../shared/noun";
import { estimate } from "./estimate";
import type { Agreement } from "./rho";
import type { MethodRow } from "./rows";
import type { Point, Spread } from "./scatter";

type Known = Pick<
  State,
  "unit" | "seed" | "model" | "methods" | "explanations" | "methodOptions" | "measures" | "measuring" | "own"
>;

/** Whether a method is one of those that are held against each other. What came with a trace is, until it is left out. */
export const isPicked = ({ methods, leftOut }: CompareState, { id, family }: MethodInfo): boolean =>
  family === "given" ? !leftOut.includes(id) : methods.some((each) => each === id);

/** The methods that are held against each other, as far as this model has them and they need no answer where it gives none. */
export const chosen = ({ model, methods, own }: Pick<State, "model" | "methods" | "own">): MethodInfo[] =>
  methods.filter((method) => isPicked(own.compare, method) && (model?.task !== "features" || method.targetless));

/** The same by what they cost, cheapest first. */
export function byCost(state: Known, players: number): string[] {
  const passes = (id: string) => estimate(id, players, optionsFor(state, id)) ?? Number.MAX_SAFE_INTEGER;
  return chosen(state)
    .map(({ id }) => id)
    .sort((a, b) => passes(a) - passes(b));
}

/** A row a method: its values, or where it is. */
export const rowsOf = (state: Known): MethodRow[] =>
  chosen(state).map(({ id, label, signed }): MethodRow => {
    const explanation = state.explanations[id];
    const status = explanation?.status ?? "waiting";
    return {
      id,
      label,
      signed,
      state: status === "stopped" ? "failed" : status,
      values: valuesOf(explanation),
      progress: explanation?.status === "running" ? explanation : null,
      told: explanation?.status === "failed" ? explanation.failure.message : status === "stopped" ? "stopped" : null,
    };
  });

/** The results that are there of the methods that are chosen. */
export const resultsIn = (state: Known): Attribution[] =>
  chosen(state).flatMap(({ id }) => {
    const explanation = state.explanations[id];
    return explanation?.status === "done" ? [explanation.result] : [];
  });

const compared: { readonly of: readonly Attribution[]; readonly comparison: Comparison }[] = [];
const KEPT = 6;

/** The comparison of some results; computed once for the same ones. Null without any. */
export function comparisonOf(results: readonly Attribution[]): Comparison | null {
  if (results.length === 0) return null;
  const known = compared.find(({ of }) => of.length === results.length && of.every((each, i) => each === results[i]));
  if (known) return known.comparison;
  const comparison = compare(results);
  compared.push({ of: results, comparison });
  if (compared.length > KEPT) compared.shift();
  return comparison;
}

/** Methods that are held against each other, without those that are there to be beaten. */
const serious = (state: Known, results: readonly Attribution[]): number[] =>
  results.flatMap(({ method }, i) => (state.methods.find(({ id }) => id === method)?.family === "baseline" ? [] : [i]));

/** How well a method agrees with the others: the middle of its correlations; null where it has none. */
export function agreementOf(comparison: Comparison, at: number, others: readonly number[]): number | null {
  const own = others.flatMap((j) => {
    const value = j === at ? null : comparison.spearman[at]![j]!.rho;
    return value === null ? [] : [value];
  });
  return own.length > 0 ? median(own) : null;
}

/** What the methods say together, in a sentence. */
export function summary(state: Known, units: readonly Unit[], noun: Noun): string {
  const results = resultsIn(state);
  const comparison = comparisonOf(results);
  const total = chosen(state).length;
  if (!comparison) return total === 0 ? "Choose methods to hold against each other." : "The first method is running.";
  const own = serious(state, results);
  const label = (i: number) => state.methods.find(({ id }) => id === results[i]!.method)?.label ?? results[i]!.method;
  const firsts = new Map<number, number>();
  for (const i of own) {
    const top = comparison.methods[i]!.top[0];
    if (top !== undefined) firsts.set(top, (firsts.get(top) ?? 0) + 1);
  }
  const [best] = [...firsts].sort((a, b) => b[1] - a[1]);
  const all = own.map((i) => ({ i, rho: agreementOf(comparison, i, own) })).filter(({ rho }) => rho !== null);
  const pairs = own.flatMap((i) => own.flatMap((j) => (j < i ? (comparison.spearman[i]![j]!.rho ?? []) : [])));
  const least = [...all].sort((a, b) => a.rho! - b.rho!)[0];
  const first = best
    ? `${best[1]} of ${own.length} ${own.length === 1 ? "method puts" : "methods put"} “${units[best[0]]?.label}” first.`
    : "";
  const agree =
    pairs.length > 0
      ? ` Median rank agreement ρ ${median(pairs).toFixed(2).replace("-", "−")} over ${comparison.units.length} ${noun.many}${
          least && own.length > 2 ? `; ${label(least.i)} agrees least (${least.rho!.toFixed(2).replace("-", "−")})` : ""
        }.`
      : "";
  const coming = total > results.length ? ` ${total - results.length} still to come.` : "";
  return `${first}${agree}${coming}`;
}

/** ρ and p of every pair that is done. */
export function agreement(state: Known): Agreement | null {
  const results = resultsIn(state);
  const comparison = results.length > 1 ? comparisonOf(results) : null;
  if (!comparison) return null;
  const label = (method: string) => state.methods.find(({ id }) => id === method)?.label ?? method;
  return {
    labels: results.map(({ method }) => label(method)),
    rho: comparison.spearman.map((row) => row.map(({ rho }) => rho)),
    p: comparison.spearman.map((row) => row.map(({ p }) => p)),
  };
}

const spreadOf = (numbers: readonly number[]): Spread => ({
  median: median(numbers),
  least: Math.min(...numbers),
  most: Math.max(...numbers),
});

/** Methods as they were measured in this session, and random removal beside them. */
export function measured(state: Known): { points: Point[]; random: number | null; texts: number } {
  const texts = new Set<number>();
  const randoms: number[] = [];
  const points = chosen(state).flatMap((method): Point[] => {
    const setting = settingOf(state, optionsFor(state, method.id));
    const own = measuresOf(state, method.id, setting).filter(({ comprehensiveness }) => comprehensiveness !== null);
    if (own.length === 0) return [];
    for (const { trace, random } of own) {
      if (!texts.has(trace) && random !== null) randoms.push(random);
      texts.add(trace);
    }
    return [
      {
        id: method.id,
        label: method.label,
        signed: method.signed,
        ms: spreadOf(own.map(({ ms }) => ms)),
        faithfulness: spreadOf(own.map(({ comprehensiveness }) => comprehensiveness!)),
      },
    ];
  });
  return { points, random: randoms.length > 0 ? median(randoms) : null, texts: texts.size };
}

/** Where methods disagree: a unit, the one that ranks it highest and the one that ranks it lowest. */
export interface Disagreement {
  readonly unit: number;
  readonly high: { readonly method: string; readonly rank: number };
  readonly low: { readonly method: string; readonly rank: number };
}

export function disagreements(state: Known, most = 6): Disagreement[] {
  const results = resultsIn(state);
  const own = serious(state, results).map((i) => results[i]!);
  const comparison = own.length > 1 ? comparisonOf(own) : null;
  if (!comparison) return [];
  const label = (i: number) => state.methods.find(({ id }) => id === own[i]!.method)?.label ?? own[i]!.method;
  return comparison.disputes.slice(0, most).flatMap(({ unit, ranks, spread }): Disagreement[] => {
    const high = ranks.indexOf(Math.min(...ranks));
    const low = ranks.indexOf(Math.max(...ranks));
    if (spread === 0) return [];
    return [
      {
        unit,
        high: { method: label(high), rank: ranks[high]! },
        low: { method: label(low), rank: ranks[low]! },
      },
    ];
  });
}

/** Units that can be taken away. */
export const playersOf = (shown: Shown, unit: State["unit"]): number =>
  unitsFor(shown, unit).filter(({ special }) => !special).length;
