/** How much two lists of values agree, over the same units. */
export interface Correlation {
  /** From -1 to 1; null where one of the lists has a single value throughout, or there are fewer than two units. */
  readonly rho: number | null;
  /** How likely so large a coefficient is where nothing connects the lists, two-sided; null where it isn't known. */
  readonly p: number | null;
  /** Units that were compared. */
  readonly n: number;
  /** Where `p` comes from: every order of the units, or a distribution that it nears as units get many. */
  readonly by: "permutations" | "t" | "normal" | null;
}

/** @throws RangeError `unequal lengths: ...` */
export function sameLength(a: readonly unknown[], b: readonly unknown[]): number {
  if (a.length !== b.length) throw new RangeError(`unequal lengths: ${a.length} and ${b.length} values`);
  return a.length;
}
