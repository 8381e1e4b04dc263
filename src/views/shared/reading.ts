import type { HeadWeights } from "../../store/attention";
import type { PairFilter } from "../../store/state";
import { isSink, PAIR_SIDES, type Unit } from "../../store/units";
import { fromHalf } from "../../tensor/half";
import { LEAST_REST } from "../../worker/protocol";

/** How attention is read before it is drawn: which rows and columns, in which order. */
export interface Plan {
  readonly units: readonly Unit[];
  /** Units of the left column, by index. */
  readonly queries: readonly number[];
  /** Units of the right column, by index. */
  readonly keys: readonly number[];
  /** Of all units: true for a key that is left out, with rows rescaled to the rest. */
  readonly left: readonly boolean[];
  readonly causal: boolean;
  /** The tokens [from, to) that the rows of attention are of, and those of its columns. */
  readonly rows: Range;
  readonly columns: Range;
}

export type Range = readonly [number, number];

export function planOf(
  units: readonly Unit[],
  options: {
    readonly hideSinks: boolean;
    readonly causal: boolean;
    readonly filter: PairFilter;
    /** Where the tokens that look and those looked at are, in models with two stacks; else all are both. */
    readonly rows?: Range;
    readonly columns?: Range;
  },
): Plan {
  const [from, to] = PAIR_SIDES[options.filter];
  const whole: Range = [0, units.at(-1)?.to ?? 0];
  const { rows = whole, columns = whole } = options;
  const within = (range: Range, segment: number | null): number[] =>
    units.flatMap((unit, i) =>
      unit.from >= range[0] && unit.to <= range[1] && (segment === null || unit.segment === segment) ? [i] : [],
    );
  return {
    units,
    queries: within(rows, from),
    keys: within(columns, to),
    left: units.map((unit) => options.hideSinks && isSink(unit, options.causal, columns[0])),
    causal: options.causal,
    rows,
    columns,
  };
}

/** Columns of attention that a plan leaves out. */
export const columnsLeftOut = ({ units, left, columns: [start, end] }: Plan): number[] =>
  units.flatMap(({ from, to }, i) =>
    left[i] && from >= start && to <= end ? Array.from({ length: to - from }, (_, t) => from - start + t) : [],
  );

/** One head as it is drawn. Rows are the plan's queries, columns its keys. */
export interface HeadReading {
  readonly rows: number;
  readonly columns: number;
  /** [rows, columns]: rescaled where keys are left out. */
  readonly weights: Float32Array;
  /** [rows]: what left-out keys held of the row as the model computed it. */
  readonly held: Float32Array;
  /** [rows]: what keys of the text that the filter hides held of it. */
  readonly outside: Float32Array;
  /** [rows]: what a drawn weight of 1 stands for in the row as the model computed it. */
  readonly rest: Float32Array;
}

/** [units, units]: key weights of a unit's tokens summed, query rows averaged; 0 where attention has no such row or column. */
export function mergeUnits(
  weights: Float32Array,
  { units, rows, columns }: Pick<Plan, "units" | "rows" | "columns">,
): Float32Array {
  const U = units.length;
  const width = columns[1] - columns[0];
  if (U === width && U === rows[1] - rows[0]) return weights;
  const unitOf = new Int32Array(units.at(-1)?.to ?? 0);
  for (const [u, { from, to }] of units.entries()) unitOf.fill(u, from, to);
  const merged = new Float32Array(U * U);
  for (let i = rows[0]; i < rows[1]; i++) {
    const u = unitOf[i]!;
    const share = 1 / (units[u]!.to - units[u]!.from);
    const row = (i - rows[0]) * width - columns[0];
    for (let j = columns[0]; j < columns[1]; j++) merged[u * U + unitOf[j]!]! += weights[row + j]! * share;
  }
  return merged;
}

/** Reads a head by a plan. `weights` must be whole (not pooled): as many rows and columns as there are tokens. */
export const readHead = ({ data }: HeadWeights, plan: Plan): HeadReading => readMatrix(fromHalf(data), plan);

/** The same of any matrix of tokens by tokens; rows keep their scale where `rescales` is false. */
export function readMatrix(matrix: Float32Array, plan: Plan, rescales = true): HeadReading {
  const { units, queries, keys, left } = plan;
  const U = units.length;
  const from = mergeUnits(matrix, plan);
  const Q = queries.length;
  const K = keys.length;
  const weights = new Float32Array(Q * K);
  const held = new Float32Array(Q);
  const outside = new Float32Array(Q);
  const rest = new Float32Array(Q);
  const leaves = left.some(Boolean);
  const hides = K < U; // by the filter, or for what is of the other stack, which holds nothing of the row
  for (let q = 0; q < Q; q++) {
    const row = queries[q]! * U;
    let away = 0;
    let stays = 0;
    for (let u = 0; leaves && u < U; u++) {
      if (left[u]) away += from[row + u]!;
      else stays += from[row + u]!;
    }
    const scale = !leaves || !rescales ? 1 : stays < LEAST_REST ? 0 : 1 / stays;
    let inside = 0;
    for (let k = 0; k < K; k++) {
      const u = keys[k]!;
      if (left[u]) continue;
      const weight = from[row + u]!;
      weights[q * K + k] = weight * scale;
      inside += weight;
    }
    held[q] = away;
    rest[q] = leaves && rescales ? stays : 1;
    if (hides) {
      let all = 0;
      for (let u = 0; u < U; u++) if (!left[u]) all += from[row + u]!;
      outside[q] = Math.max(0, all - inside);
    }
  }
  return { rows: Q, columns: K, weights, held, outside, rest };
}
