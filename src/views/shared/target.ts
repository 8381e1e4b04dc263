import type { Candidate, Target } from "../../explain/target";
import type { Shown } from "../../store/state";
import { spell } from "../../store/units";

const candidate = (shown: Shown, index: number | undefined): Candidate | undefined =>
  shown.result.candidates.find((each) => each.index === index);

/** A class or a token as it is called. */
export function nameOf(shown: Shown, index: number): string {
  const label = candidate(shown, index)?.label;
  if (label === undefined) return `${index}`;
  return shown.model.labels === null ? spell(label).label : label;
}

export const probabilityOf = (shown: Shown, index: number): number | null =>
  candidate(shown, index)?.probability ?? null;

export const scales = [
  { value: "logit", label: "Logit", title: "The score before it becomes a probability" },
  { value: "log-probability", label: "Log-prob", title: "The logarithm of the probability" },
  { value: "probability", label: "Probability", title: "What the model gives the answer" },
] as const;

export const scaleOf = ({ as }: Target): NonNullable<Target["as"]> => as ?? "logit";

/** What is explained, as a caption: "POSITIVE against NEGATIVE". */
export function targetName(shown: Shown): string {
  const { index, against } = shown.result.target;
  return `${nameOf(shown, index)}${against === undefined ? "" : ` against ${nameOf(shown, against)}`}`;
}

/** What values add up to, in a sentence's words: "the logit of POSITIVE less that of NEGATIVE". */
export function targetWords(shown: Shown): string {
  const { target } = shown.result;
  const less = target.against === undefined ? "" : ` less that of ${nameOf(shown, target.against)}`;
  return `the ${scaleOf(target)} of ${nameOf(shown, target.index)}${less}`;
}
