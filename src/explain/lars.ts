import { solveSymmetric } from "./linear";

/**
 * Columns in the order in which least angle regression takes them in (Efron et al. 2004): always those that what is left
 * of y correlates with most, until another does as much. Nothing is centred or scaled.
 *
 * @param gram XᵀX, [n, n]
 * @param right Xᵀy, [n]
 */
export function larsOrder(gram: Float64Array, right: Float64Array, count: number): number[] {
  const n = right.length;
  const left = right.slice(); // Xᵀ(y - Xβ)
  const active: number[] = [];
  const largest = Math.max(...right.map(Math.abs));
  while (active.length < Math.min(count, n)) {
    const rest = Array.from({ length: n }, (_, j) => j).filter((j) => !active.includes(j));
    const next = rest.reduce((best, j) => (Math.abs(left[j]) > Math.abs(left[best]) ? j : best));
    const most = Math.abs(left[next]);
    if (most <= largest * 1e-12) break;
    active.push(next);
    const signs = Float64Array.from(active, (j) => Math.sign(left[j]));
    const inner = Float64Array.from(active.flatMap((i) => active.map((j) => gram[i * n + j])));
    const direction = solveSymmetric(inner, signs);
    const slope = (j: number): number => active.reduce((sum, i, k) => sum + gram[j * n + i] * direction[k], 0);
    const slopes = Float64Array.from({ length: n }, (_, j) => slope(j));
    let step = most;
    for (const j of rest) {
      if (j === next) continue;
      for (const until of [(most - left[j]) / (1 - slopes[j]), (most + left[j]) / (1 + slopes[j])])
        if (until > most * 1e-12 && until < step) step = until;
    }
    for (let j = 0; j < n; j++) left[j] -= step * slopes[j];
  }
  return active;
}
