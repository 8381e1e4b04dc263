/**
 * How unequal magnitudes are: Σ (2i - n - 1) x_i / (n Σ x) over x = |a| ascending (Chalasani et al. 2020, as Quantus'
 * Sparseness without its 1e-7). 0 where all are equal, (n - 1) / n where one unit has everything; null where all are 0.
 */
export function gini(values: readonly number[]): number | null {
  const x = values.map(Math.abs).sort((a, b) => a - b);
  const n = x.length;
  const sum = x.reduce((total, v) => total + v, 0);
  if (!(sum > 0)) return null;
  return x.reduce((total, v, i) => total + (2 * (i + 1) - n - 1) * v, 0) / (n * sum);
}
