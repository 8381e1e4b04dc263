import type { Details } from "../../explain/attribution";
import type { Unit } from "../../store/units";

/** A window of units and what its removal costs the target. */
export interface Region {
  readonly units: readonly number[];
  readonly value: number;
}

/** Windows by how much their removal moves the target, most first; without windows, each unit by itself. */
export function sortedRegions(
  details: Details | undefined,
  values: readonly number[],
  units: readonly Unit[],
): Region[] {
  const regions =
    details?.regions ?? units.flatMap(({ special }, i) => (special ? [] : [{ units: [i], value: values[i]! }]));
  return [...regions].sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
}

/** A region's text as its tokens make it: subwords joined. */
export const regionText = (region: Region, units: readonly Unit[]): string =>
  patchSpan(region, units) ??
  region.units.map((i, n) => `${n > 0 && !units[i]!.mark ? " " : ""}${units[i]!.label}`).join("");

const PATCH = /^r\d+c\d+$/;

/** A square of patches by its corners; null for words. */
function patchSpan({ units: some }: Region, units: readonly Unit[]): string | null {
  const [first, last] = [units[some[0]!]?.label, units[some.at(-1)!]?.label];
  if (first === undefined || last === undefined || !PATCH.test(first) || !PATCH.test(last)) return null;
  return first === last ? first : `${first} to ${last}`;
}
