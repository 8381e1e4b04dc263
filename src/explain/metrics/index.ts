import { entropy } from "./entropy";
import { gini } from "./gini";
import { kendall } from "./kendall";
import type { Metric } from "./metric";
import { topOverlap } from "./overlap";
import { plausibility } from "./plausibility";
import { spearman } from "./spearman";

export type { Metric } from "./metric";

/** Every metric, in the order in which they are listed. */
export const metrics: readonly Metric[] = [
  {
    id: "spearman",
    label: "Spearman's rho",
    measures: "Whether two methods put the units in the same order, with the chance of it where nothing connects them.",
    better: null,
    source: "Spearman 1904",
    of: "two methods",
    measure: (a, b) => spearman(a, b),
  },
  {
    id: "kendall",
    label: "Kendall's tau-b",
    measures: "The pairs of units that two methods put in the same order, less those that they don't.",
    better: null,
    source: "Kendall 1945",
    of: "two methods",
    measure: kendall,
  },
  {
    id: "top-overlap",
    label: "Top units in common",
    measures: "The share of their top units that two methods have in common.",
    better: null,
    source: "Krishna et al. 2022 (feature agreement)",
    of: "two methods",
    measure: (a, b) => topOverlap(a, b),
  },
  {
    id: "entropy",
    label: "Entropy",
    measures: "How spread out the magnitudes are, in nats.",
    better: "less",
    source: "Bhatt et al. 2020",
    of: "one method",
    measure: entropy,
  },
  {
    id: "gini",
    label: "Gini index",
    measures: "How unequal the magnitudes are: 0 where all are equal, near 1 where one unit has everything.",
    better: "more",
    source: "Chalasani et al. 2020",
    of: "one method",
    measure: gini,
  },
  {
    id: "comprehensiveness",
    label: "Comprehensiveness",
    measures: "How far the probability falls when the top units are taken away.",
    better: "more",
    source: "DeYoung et al. 2020",
    of: "method and model",
    schedule: "k",
  },
  {
    id: "sufficiency",
    label: "Sufficiency",
    measures: "How far the probability falls when only the top units are kept.",
    better: "less",
    source: "DeYoung et al. 2020",
    of: "method and model",
    schedule: "k",
  },
  {
    id: "plausibility",
    label: "Plausibility",
    measures: "How well the values agree with the units that a person marked, whatever the model's reasons are.",
    better: "more",
    source: "DeYoung et al. 2020",
    of: "method and marks",
    measure: plausibility,
  },
  {
    id: "consistency",
    label: "Consistency",
    measures: "Whether the method says the same of paraphrases of which the model says the same.",
    better: "more",
    source: "after Dasgupta et al. 2022; aligned words, Spearman's rho and top words in common",
    of: "method and paraphrases",
  },
];

/** A metric by its id. @throws RangeError for one that isn't there */
export function metricOf(id: string): Metric {
  const found = metrics.find((m) => m.id === id);
  if (!found) throw new RangeError(`unknown metric: ${id}; known are ${metrics.map((m) => m.id).join(", ")}`);
  return found;
}
