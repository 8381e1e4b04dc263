/** A number in [0, 1) that depends on nothing but its arguments. */
export function noise(...seed: readonly number[]): number {
  let h = 2166136261;
  for (const part of seed) h = Math.imul(h ^ (part + 0x9e3779b9), 16777619) ^ (h >>> 13);
  h = Math.imul(h ^ (h >>> 16), 2246822507);
  return ((h ^ (h >>> 13)) >>> 0) / 2 ** 32;
}
