import { sameLength } from "./correlation";
import { descending } from "./ranks";

/** The share of the k largest values' units that two lists have in common, 0 to 1; of all units where there are fewer. */
export function topOverlap(a: readonly number[], b: readonly number[], k = 3): number | null {
  const size = Math.min(k, sameLength(a, b));
  if (size === 0) return null;
  const top = new Set(descending(a).slice(0, size));
  return (
    descending(b)
      .slice(0, size)
      .filter((i) => top.has(i)).length / size
  );
}
