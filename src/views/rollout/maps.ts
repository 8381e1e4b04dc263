import type { HeadWeights } from "../../store/attention";
import type { Unit } from "../../store/units";
import { fromHalf } from "../../tensor/half";
import { top } from "../shared/lines";
import { type HeadReading, type Plan, readMatrix } from "../shared/reading";

export type Fusion = "mean" | "max" | "min";

const kept = new WeakMap<HeadWeights, Map<Fusion, Float32Array>>();

/** The same, made once while the first head is at hand. */
export function fuseOnce(heads: readonly HeadWeights[], fusion: Fusion): Float32Array {
  const [first] = heads;
  const known = (first && kept.get(first)) ?? new Map<Fusion, Float32Array>();
  const map = known.get(fusion) ?? fuse(heads, fusion);
  known.set(fusion, map);
  if (first) kept.set(first, known);
  return map;
}

/** A relevance without the 1 of itself that each token starts with, which isn't evidence of anything. [T, T] */
export function withoutStart(relevance: Float32Array, tokens: number): Float32Array {
  const rest = relevance.slice();
  for (let i = 0; i < tokens; i++) rest[i * tokens + i]! -= 1;
  return rest;
}

/** Heads of a layer as one map. [T, T] */
export function fuse(heads: readonly HeadWeights[], fusion: Fusion): Float32Array {
  const [first, ...others] = heads.map(({ data }) => fromHalf(data));
  if (!first) throw new Error("no heads to fuse");
  const fused = Float32Array.from(first);
  for (const head of others)
    for (let i = 0; i < fused.length; i++) {
      const [a, b] = [fused[i]!, head[i]!];
      fused[i] = fusion === "mean" ? a + b : fusion === "max" ? Math.max(a, b) : Math.min(a, b);
    }
  return fusion === "mean" ? fused.map((sum) => sum / heads.length) : fused;
}

/** A map as it is drawn: rows and columns are the plan's units. */
export interface DrawnMap {
  readonly reading: HeadReading;
  /** The value whose colour is the strongest. */
  readonly full: number;
  /** Some are larger: their colour is the strongest too. */
  readonly beyond: boolean;
}

const STEPS = [0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 20, 50, 100];

/** The next round number from where all but the largest fiftieth of some values are. */
export function fullOf(values: Float32Array): { readonly full: number; readonly beyond: boolean } {
  const known = values.filter((value) => value > 0).sort();
  const most = known.at(-1) ?? 0;
  const wanted = known[Math.floor((known.length - 1) * 0.98)] ?? 0;
  const full = STEPS.find((step) => step >= wanted) ?? 10 ** Math.ceil(Math.log10(wanted));
  return { full, beyond: most > full };
}

/** Reads a map by a plan. A relevance keeps its scale where keys are left out: its rows are no shares. */
export function drawnMap(matrix: Float32Array, plan: Plan, rescales: boolean): DrawnMap {
  const reading = readMatrix(matrix, plan, rescales);
  return { reading, ...fullOf(reading.weights) };
}

/** The plan of a window: so many of its rows and columns from one on. */
export const windowOf = (plan: Plan, from: number | null, count: number): Plan =>
  from === null
    ? plan
    : { ...plan, queries: plan.queries.slice(from, from + count), keys: plan.keys.slice(from, from + count) };

/** One row of a map: the value of each column; null where the row isn't there or wasn't worked out. */
export function rowAt({ reading }: DrawnMap, row: number): Float32Array | null {
  if (row < 0 || row >= reading.rows) return null;
  const values = reading.weights.subarray(row * reading.columns, (row + 1) * reading.columns);
  return Number.isNaN(values[0] ?? Number.NaN) ? null : values;
}

/** The strongest columns of a row. */
export const sources = (row: Float32Array, count: number): { readonly index: number; readonly value: number }[] =>
  top(row, count).filter(({ value }) => value > 0);

/** Where two rows differ most, largest first: more in the first is positive. Each is taken as a share of its sum. */
export function differences(
  a: Float32Array,
  b: Float32Array,
  count: number,
): { readonly index: number; readonly value: number }[] {
  const sum = (row: Float32Array) => row.reduce((all, value) => all + value, 0) || 1;
  const [wholeA, wholeB] = [sum(a), sum(b)];
  return Array.from(a, (value, index) => ({ index, value: value / wholeA - b[index]! / wholeB }))
    .sort((x, y) => Math.abs(y.value) - Math.abs(x.value))
    .slice(0, count)
    .filter(({ value }) => value !== 0);
}

/** Units of the rows and of the columns. */
export const unitsIn = (plan: Plan): { readonly queries: Unit[]; readonly keys: Unit[] } => ({
  queries: plan.queries.map((unit) => plan.units[unit]!),
  keys: plan.keys.map((unit) => plan.units[unit]!),
});
