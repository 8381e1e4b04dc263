import { sameLength } from "./correlation";
import { descending } from "./ranks";

/** How well a method's values agree with the units that a person marked. */
export interface Plausibility {
  /** Area under the precision-recall curve of the values; null where nothing is marked. */
  readonly auprc: number | null;
  /** Of the top units, as many as are marked unless said otherwise. */
  readonly top: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** Units that are in both over units that are in either. */
  readonly iou: number;
}

/**
 * Plausibility after ERASER (DeYoung et al. 2020): values against marks, by the largest values first. It says whether a
 * person finds the reasons convincing, not whether they are the model's.
 * @throws RangeError for lists of unequal lengths
 */
export function plausibility(
  values: readonly number[],
  marked: readonly boolean[],
  top = marked.filter(Boolean).length,
): Plausibility {
  const n = sameLength(values, marked);
  const all = marked.filter(Boolean).length;
  const size = Math.min(top, n);
  const hits = descending(values)
    .slice(0, size)
    .filter((i) => marked[i]).length;
  const precision = size === 0 ? 0 : hits / size;
  const recall = all === 0 ? 0 : hits / all;
  return {
    auprc: all === 0 ? null : areaOf(values, marked),
    top: size,
    precision,
    recall,
    f1: hits === 0 ? 0 : (2 * precision * recall) / (precision + recall),
    iou: size + all - hits === 0 ? 0 : hits / (size + all - hits),
  };
}

/**
 * Trapezoids under precision over recall, a point a distinct value and one at recall 0 with precision 1: what
 * `auc(recall, precision)` of scikit-learn gives, which ERASER and ferret use.
 */
function areaOf(values: readonly number[], marked: readonly boolean[]): number {
  const order = descending(values);
  const all = marked.filter(Boolean).length;
  let [area, recall, precision, hits] = [0, 0, 1, 0];
  order.forEach((unit, i) => {
    if (marked[unit]) hits++;
    if (i + 1 < order.length && values[order[i + 1]] === values[unit]) return;
    const next = { recall: hits / all, precision: hits / (i + 1) };
    area += ((next.recall - recall) * (next.precision + precision)) / 2;
    [recall, precision] = [next.recall, next.precision];
  });
  return area;
}
