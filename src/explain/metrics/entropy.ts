/**
 * How spread out magnitudes are, in nats: -Σ p ln p with p = |a| / Σ|a| (Bhatt et al. 2020, as Quantus' Complexity).
 * 0 where one unit has everything, ln n where all have the same; null where all are 0.
 */
export function entropy(values: readonly number[]): number | null {
  const sum = values.reduce((total, v) => total + Math.abs(v), 0);
  if (!(sum > 0)) return null;
  return values.reduce((total, v) => {
    const share = Math.abs(v) / sum;
    return share > 0 ? total - share * Math.log(share) : total;
  }, 0);
}
