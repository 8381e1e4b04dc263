import { type Correlation, sameLength } from "./correlation";
import { normalTail } from "./tails";

/** Beyond so many units even orders without ties are judged by the normal distribution, as SciPy does. */
const countable = 33;

/**
 * Kendall's tau-b, which allows for ties (Kendall 1945). `p` is two-sided, as `scipy.stats.kendalltau` gives it: every
 * order is counted where nothing is tied and there are at most 33 units, or all pairs but one agree; else it is the
 * normal approximation with the variance that ties leave.
 */
export function kendall(a: readonly number[], b: readonly number[]): Correlation {
  const n = sameLength(a, b);
  let [concordant, discordant, tiedA, tiedB] = [0, 0, 0, 0];
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const [x, y] = [Math.sign(a[i] - a[j]), Math.sign(b[i] - b[j])];
      if (Number.isNaN(x + y)) throw new RangeError("no rank: NaN");
      if (x === 0) tiedA++;
      if (y === 0) tiedB++;
      if (x * y > 0) concordant++;
      else if (x * y < 0) discordant++;
    }
  }
  const pairs = (n * (n - 1)) / 2;
  const size = Math.sqrt((pairs - tiedA) * (pairs - tiedB));
  if (!(size > 0)) return { rho: null, p: null, n, by: null };
  const rho = Math.max(-1, Math.min(1, (concordant - discordant) / size));
  const fewer = Math.min(concordant, discordant);
  if (tiedA + tiedB === 0 && (n <= countable || fewer <= 1))
    return { rho, p: shareOfOrders(n, fewer), n, by: "permutations" };
  const [ga, gb] = [groups(a), groups(b)];
  const over = (sizes: readonly number[], f: (t: number) => number): number => sizes.reduce((sum, t) => sum + f(t), 0);
  const base = n * (n - 1) * (2 * n + 5);
  const ties = (sizes: readonly number[]): number => over(sizes, (t) => t * (t - 1) * (2 * t + 5));
  const triples = (sizes: readonly number[]): number => over(sizes, (t) => t * (t - 1) * (t - 2));
  const variance =
    (base - ties(ga) - ties(gb)) / 18 +
    (2 * tiedA * tiedB) / (n * (n - 1)) +
    (n > 2 ? (triples(ga) * triples(gb)) / (9 * n * (n - 1) * (n - 2)) : 0);
  return { rho, p: normalTail((concordant - discordant) / Math.sqrt(variance)), n, by: "normal" };
}

/** Twice the share of orders of n units with at most so many inversions. */
function shareOfOrders(n: number, inversions: number): number {
  // shares[k]: of all orders of the first m units, those with k inversions
  let shares = new Float64Array(inversions + 1);
  shares[0] = 1;
  for (let m = 2; m <= n; m++) {
    const next = new Float64Array(inversions + 1);
    for (let k = 0; k <= inversions; k++) for (let d = 0; d < m && d <= k; d++) next[k] += shares[k - d] / m;
    shares = next;
  }
  return Math.min(1, 2 * shares.reduce((sum, s) => sum + s, 0));
}

/** Sizes of the groups of equal values. */
function groups(values: readonly number[]): number[] {
  const sizes = new Map<number, number>();
  for (const v of values) sizes.set(v, (sizes.get(v) ?? 0) + 1);
  return [...sizes.values()];
}
