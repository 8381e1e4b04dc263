import type { Substitutes } from "./attribution";
import type { PassRow } from "./passes";
import type { Unit } from "./unit";

/** What stands where a unit is taken away: a token of the vocabulary, or nothing, so that the text gets shorter. */
export type Removal = "mask" | "unknown" | "pad" | "delete";

/** The nearest to saying nothing that a vocabulary has: its mask token, else the unknown one, else padding. */
export function defaultRemoval({ mask, unknown, pad }: Substitutes): Removal {
  if (mask !== null) return "mask";
  if (unknown !== null) return "unknown";
  return pad !== null ? "pad" : "delete";
}

/**
 * The token that stands in; null for deletion.
 * @throws RangeError `no substitute: ...` where the vocabulary has no such token
 */
export function substituteOf(substitutes: Substitutes, removal: Removal): number | null {
  if (removal === "delete") return null;
  const id = substitutes[removal];
  if (id === null) throw new RangeError(`no substitute: the vocabulary has no ${removal} token`);
  return id;
}

/**
 * A row with the tokens of some units replaced, or deleted where `substitute` is null. The attention mask stays.
 * Deletion moves the position that is read along with its token. Where that very token goes, a model that reads from
 * left to right (`causal`) answers at the last one that is left before it; any other has no answer: null. Null, too, where
 * no token is left.
 *
 * @param removed indices into `units`
 */
export function without(
  row: PassRow,
  units: readonly Unit[],
  removed: Iterable<number>,
  substitute: number | null,
  causal: boolean,
): PassRow | null {
  const gone = new Set([...removed].flatMap((u) => units[u].tokens));
  if (substitute !== null) return { ...row, ids: row.ids.map((id, i) => (gone.has(i) ? substitute : id)) };
  const kept = Array.from(row.ids.keys()).filter((i) => !gone.has(i));
  const position = row.position === null ? null : kept.findLastIndex((i) => i <= (row.position as number));
  const moved = position !== null && kept[position] !== row.position;
  if (kept.length === 0 || position === -1 || (moved && !causal)) return null;
  const pick = (list: readonly number[]): number[] => kept.map((i) => list[i]);
  return { ...row, ids: pick(row.ids), mask: pick(row.mask), segments: pick(row.segments), position };
}
