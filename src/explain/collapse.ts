import type { PassRow } from "./passes";
import type { Unit } from "./unit";

/**
 * A row in which each run of tokens that are gone is one ellipsis, as shap masks where a vocabulary has no mask token. The
 * place that is read moves along; a model that reads from left to right (`causal`) answers at an ellipsis too, any other
 * has no answer where its place is gone: null.
 *
 * @param removed indices into `units`
 * @param ellipsis the ids that stand for a run
 */
export function collapsed(
  row: PassRow,
  units: readonly Unit[],
  removed: Iterable<number>,
  ellipsis: readonly number[],
  causal: boolean,
): PassRow | null {
  const gone = new Set([...removed].flatMap((u) => units[u].tokens));
  if (!causal && row.position !== null && gone.has(row.position)) return null;
  const [ids, mask, segments]: [number[], number[], number[]] = [[], [], []];
  let position: number | null = null;
  row.ids.forEach((id, i) => {
    const put = (ids_: readonly number[]) => {
      ids.push(...ids_);
      for (const _ of ids_) {
        mask.push(row.mask[i]);
        segments.push(row.segments[i]);
      }
    };
    if (!gone.has(i)) put([id]);
    else if (!gone.has(i - 1) || row.segments[i] !== row.segments[i - 1]) put(ellipsis);
    if (i === row.position) position = ids.length - 1;
  });
  return { ...row, ids, mask, segments, position };
}
