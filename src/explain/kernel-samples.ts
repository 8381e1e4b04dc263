import type { Coalition } from "./coalitions";
import { larsOrder } from "./lars";
import { ridge } from "./linear";
import type { Random } from "./random";

/** Coalitions, and how much each counts in the regression. */
export interface Samples {
  readonly coalitions: readonly Coalition[];
  readonly weights: readonly number[];
}

/** (m - 1) / (k (m - k)): what all coalitions of size k together weigh in the Shapley kernel. */
const sizeWeight = (players: number, size: number): number => (players - 1) / (size * (players - size));

/**
 * Coalitions as shap's KernelExplainer takes them: sizes from both ends inward, as far as the samples last for all of a
 * size; the rest drawn by the kernel, each with its complement. Neither nobody nor everybody is among them.
 */
export function drawKernel(random: Random, players: number, samples: number): Samples {
  const coalitions: Coalition[] = [];
  const weights: number[] = [];
  const add = (coalition: Coalition, weight: number) => {
    coalitions.push(coalition);
    weights.push(weight);
  };
  const wanted = players <= 30 ? Math.min(samples, 2 ** players - 2) : samples;
  const [sizes, paired] = [Math.ceil((players - 1) / 2), Math.floor((players - 1) / 2)];
  // A size and its complement's are one entry; the middle one of an even number has no other.
  const raw = Array.from({ length: sizes }, (_, i) => sizeWeight(players, i + 1) * (i < paired ? 2 : 1));
  const share = raw.map((w) => w / total(raw));
  let full = 0;
  let left = wanted;
  for (; full < sizes; full++) {
    const both = full < paired ? 2 : 1;
    const ways = count(players, full + 1) * both;
    if ((left * share[full]) / total(share.slice(full)) / ways < 1 - 1e-8) break;
    left -= ways;
    for (const there of subsets(players, full + 1)) {
      const coalition = present(players, there);
      add(coalition, share[full] / ways);
      if (both === 2) add(complement(coalition), share[full] / ways);
    }
  }
  if (full < sizes) drawRest(random, players, wanted, { full, paired, share }, { coalitions, weights, add });
  return { coalitions, weights };
}

/** The random part of `drawKernel`: what comes again counts once more, and all together what is left to weigh. */
function drawRest(
  random: Random,
  players: number,
  wanted: number,
  { full, paired, share }: { full: number; paired: number; share: readonly number[] },
  { coalitions, weights, add }: { coalitions: Coalition[]; weights: number[]; add(c: Coalition, w: number): void },
): void {
  const chances = share.slice(full).map((w, i) => (full + i < paired ? w / 2 : w));
  const fixed = coalitions.length;
  const seen = new Map<string, number>();
  for (let tries = 4 * (wanted - fixed); tries > 0 && coalitions.length < wanted; tries--) {
    const size = full + 1 + drawIndex(random, chances);
    const coalition = present(players, random.permutation(players).slice(0, size));
    const pair = size <= paired;
    const key = coalition.join("");
    const before = seen.get(key);
    if (before !== undefined) {
      weights[before]++;
      if (pair && before + 1 < weights.length) weights[before + 1]++;
      continue;
    }
    seen.set(key, coalitions.length);
    add(coalition, 1);
    if (pair && coalitions.length < wanted) add(complement(coalition), 1);
  }
  const scale = total(share.slice(full)) / total(weights.slice(fixed));
  for (let i = fixed; i < weights.length; i++) weights[i] *= scale;
}

/** Everybody and nobody with a weight of a million, and coalitions drawn by the kernel, as Captum's KernelShap takes them. */
export function drawAsCaptum(random: Random, players: number, samples: number): Samples {
  const chances = Array.from({ length: players - 1 }, (_, i) => sizeWeight(players, i + 1));
  const drawn = Array.from({ length: players > 1 ? Math.max(0, samples - 2) : 0 }, () =>
    present(players, random.permutation(players).slice(0, 1 + drawIndex(random, chances))),
  );
  return {
    coalitions: [new Uint8Array(players).fill(1), new Uint8Array(players), ...drawn],
    weights: [1e6, 1e6, ...drawn.map(() => 1)],
  };
}

/**
 * Values that fit best what the coalitions are worth, by weighted least squares, and add up to `whole - none` exactly: the
 * last one's is what the others leave. Only `chosen` players have one, the rest 0; all of them unless said otherwise.
 */
export function constrainedFit(
  { coalitions, weights }: Samples,
  worth: ArrayLike<number>,
  none: number,
  whole: number,
  chosen: readonly number[] = Array.from(coalitions[0] ?? [0], (_, p) => p),
): number[] {
  const values = new Array<number>(coalitions[0]?.length ?? 1).fill(0);
  if (chosen.length === 0) return values; // nobody makes a difference
  const free = chosen.length - 1;
  const last = chosen[free];
  const x = new Float64Array(coalitions.length * free);
  const y = coalitions.map((coalition, r) => {
    for (let c = 0; c < free; c++) x[r * free + c] = coalition[chosen[c]] - coalition[last];
    return worth[r] - none - coalition[last] * (whole - none);
  });
  const { coefficients } = ridge(x, free, y, weights, { alpha: 0, intercept: false });
  coefficients.forEach((v, c) => {
    values[chosen[c]] = v;
  });
  values[last] = whole - none - total(coefficients);
  return values;
}

/**
 * The players that shap keeps where it is told `num_features(count)`, as it is by default for ten: the first on the path of
 * least angle regression over the coalitions and, as the constraint's other half, over who is missing from them.
 */
export function firstOnPath(
  { coalitions, weights }: Samples,
  worth: ArrayLike<number>,
  none: number,
  whole: number,
  count: number,
): number[] {
  const players = coalitions[0]?.length ?? 1;
  if (count >= players || coalitions.length === 0) return Array.from({ length: players }, (_, p) => p);
  const gram = new Float64Array(players * players);
  const right = new Float64Array(players);
  const add = (row: ArrayLike<number>, y: number, weight: number): void => {
    for (let p = 0; p < players; p++) {
      if (row[p] === 0) continue;
      right[p] += weight * row[p] * y;
      for (let q = 0; q < players; q++) gram[p * players + q] += weight * row[p] * row[q];
    }
  };
  coalitions.forEach((coalition, r) => {
    const size = total(coalition);
    add(coalition, worth[r] - none, weights[r] * (players - size));
    add(
      Float64Array.from(coalition, (there) => there - 1),
      worth[r] - whole,
      weights[r] * size,
    );
  });
  return larsOrder(gram, right, count);
}

const total = (values: ArrayLike<number>): number => Array.from(values).reduce((sum, v) => sum + v, 0);

function drawIndex({ uniform }: Random, chances: readonly number[]): number {
  let rest = uniform() * total(chances);
  for (let i = 0; i < chances.length - 1; i++) {
    rest -= chances[i];
    if (rest < 0) return i;
  }
  return chances.length - 1;
}

function present(players: number, there: readonly number[]): Coalition {
  const coalition = new Uint8Array(players);
  for (const p of there) coalition[p] = 1;
  return coalition;
}

const complement = (coalition: Coalition): Coalition => coalition.map((there) => 1 - there);

/** n over k; may be beyond what a number holds exactly, where it only says "too many". */
function count(n: number, k: number): number {
  let ways = 1;
  for (let i = 1; i <= k; i++) ways = (ways * (n - k + i)) / i;
  return ways;
}

/** Every subset of 0 … n - 1 of one size, in order. */
function* subsets(n: number, size: number, from = 0): Generator<number[]> {
  if (size === 0) yield [];
  else
    for (let first = from; first <= n - size; first++)
      for (const rest of subsets(n, size - 1, first + 1)) yield [first, ...rest];
}
