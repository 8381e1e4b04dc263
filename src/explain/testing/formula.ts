/**
 * What a coalition is worth in comparisons with reference implementations, which were given the same formula:
 * Σ sin(1 + i) + Σ over pairs a < b of ½ cos(ab + a) + 1.3 for the first three together.
 */
export function formula(coalition: ArrayLike<number>): number {
  let sum = 0;
  for (let a = 0; a < coalition.length; a++) {
    sum += coalition[a] * Math.sin(1 + a);
    for (let b = a + 1; b < coalition.length; b++) sum += 0.5 * Math.cos(a * b + a) * coalition[a] * coalition[b];
  }
  return sum + (coalition.length > 2 ? 1.3 * coalition[0] * coalition[1] * coalition[2] : 0);
}
