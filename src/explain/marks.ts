import type { Attribution } from "./attribution";
import { comparedUnits } from "./comparison";
import { type Plausibility, plausibility } from "./metrics/plausibility";

/** How well methods agree with the tokens that a person marked as those that ought to count. */
export interface PlausibilityResult {
  /** Marked units, as indices into the attributions' units: those of which any token is marked. */
  readonly marked: readonly number[];
  /** In the attributions' order. */
  readonly methods: readonly (Plausibility & { readonly method: string })[];
}

/**
 * Plausibility of each attribution, over the units that are compared, by their largest values first, signs counting.
 * @param marked indices of tokens
 * @throws RangeError `no such token: ...`, and where none that is compared is marked
 */
export function measurePlausibility(
  attributions: readonly Attribution[],
  marked: readonly number[],
): PlausibilityResult {
  const [first] = attributions;
  if (!first) return { marked: [], methods: [] };
  const tokens = first.encoding.ids.length;
  const missing = marked.find((token) => !(token >= 0 && token < tokens));
  if (missing !== undefined) throw new RangeError(`no such token: ${missing} of ${tokens}`);
  const units = comparedUnits(first.units, attributions);
  const isMarked = (unit: number): boolean => first.units[unit].tokens.some((token) => marked.includes(token));
  const marks = units.map(isMarked);
  if (!marks.includes(true)) throw new RangeError("nothing marked: special tokens don't count");
  return {
    marked: units.filter(isMarked),
    methods: attributions.map(({ method, values }) => ({
      method,
      ...plausibility(
        units.map((unit) => values[unit]),
        marks,
      ),
    })),
  };
}
