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
  region.units.map((i, n) => `${n > 0 && !units[i]!.mark ? " " : ""}${units[i]!.label}`).join("");
