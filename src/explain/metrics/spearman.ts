import { type Correlation, sameLength } from "./correlation";
import { descending, ranksOf } from "./ranks";
import { studentTail } from "./tails";

/** Up to so many units every order is counted: 3.6 million. */
const countable = 10;

/**
 * Spearman's rank correlation: Pearson's of the ranks, equal values sharing the mean of theirs.
 * `p` is two-sided. By default it counts every order of at most ten units, and uses Student's t with n - 2 degrees of
 * freedom beyond, which is only near it for few units. `"t"` is what `scipy.stats.spearmanr` gives at any number.
 */
export function spearman(
  a: readonly number[],
  b: readonly number[],
  by: "exact where countable" | "t" = "exact where countable",
): Correlation {
  const n = sameLength(a, b);
  const [x, y] = [ranksOf(a), ranksOf(b)];
  const middle = (n + 1) / 2;
  const product = (u: readonly number[], v: readonly number[]): number =>
    u.reduce((sum, r, i) => sum + (r - middle) * (v[i] - middle), 0);
  const size = Math.sqrt(product(x, x) * product(y, y));
  if (!(size > 0)) return { rho: null, p: null, n, by: null };
  const rho = Math.max(-1, Math.min(1, product(x, y) / size));
  if (by === "t" || n > countable) {
    const p = n < 3 ? null : studentTail(rho * Math.sqrt((n - 2) / ((1 - rho) * (1 + rho))), n - 2);
    return { rho, p, n, by: p === null ? null : "t" };
  }
  return { rho, p: shareOfOrders(x, y), n, by: "permutations" };
}

/** The share of all orders of y whose coefficient is at least as far from 0. */
function shareOfOrders(x: readonly number[], y: readonly number[]): number {
  const twice = (ranks: readonly number[]): number[] => ranks.map((r) => Math.round(2 * r));
  const [u, v] = [twice(x), twice(y)];
  const n = u.length;
  const mean = n * (n + 1) ** 2;
  const seen = Math.abs(u.reduce((sum, r, i) => sum + r * v[i], 0) - mean);
  let [far, all] = [0, 0];
  ordersBySum(u, v).forEach((count, sum) => {
    all += count;
    if (Math.abs(sum - mean) >= seen) far += count;
  });
  return far / all;
}

const known = new Map<string, Float64Array>();

/** How many orders of v give each Σ u_i v_π(i), by that sum. Ranks are whole numbers here: doubled. */
function ordersBySum(u: readonly number[], v: readonly number[]): Float64Array {
  const [first, second] = [u, v].map((ranks) => descending(ranks).map((i) => ranks[i]));
  const key = `${first}|${second}`;
  const found = known.get(key);
  if (found) return found;
  const n = first.length;
  const most = first.reduce((sum, r, i) => sum + r * second[i], 0); // both descending: no order gives more
  // counts[set][sum]: the first |set| of u were matched with the members of `set`, in any order
  const counts: (Float64Array | null)[] = Array.from({ length: 1 << n }, () => null);
  counts[0] = new Float64Array(most + 1);
  counts[0][0] = 1;
  for (let set = 0; set < counts.length; set++) {
    const from = counts[set] as Float64Array;
    const r = first[sizeOf(set)];
    for (let j = 0; j < n; j++) {
      if (set & (1 << j)) continue;
      const add = r * second[j];
      counts[set | (1 << j)] ??= new Float64Array(most + 1);
      const to = counts[set | (1 << j)] as Float64Array;
      for (let sum = 0; sum + add <= most; sum++) if (from[sum] > 0) to[sum + add] += from[sum];
    }
    if (set < counts.length - 1) counts[set] = null;
  }
  const result = counts[counts.length - 1] as Float64Array;
  if (known.size > 200) known.clear();
  known.set(key, result);
  return result;
}

const sizeOf = (set: number): number => {
  let size = 0;
  for (let rest = set; rest; rest &= rest - 1) size++;
  return size;
};
