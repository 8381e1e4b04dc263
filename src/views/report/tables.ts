import { compare } from "../../explain/comparison";
import { optionsText, preparingOf } from "../attribution/picture";
import { duration, figure, passesOf, pValue, rhoValue } from "../shared/explained";
import type { Report } from "./content";

/** A table of a report: written as HTML or as Markdown. */
export interface Rows {
  readonly title: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const labelOf = (methods: Report["methods"], id: string): string =>
  methods.find(({ method }) => method.id === id)?.method.label ?? id;

const two = (value: number | null | undefined): string =>
  value === null || value === undefined ? "–" : value.toFixed(3).replace("-", "−");

/** The model, the input, the target and where it ran. */
export function facts({ model, runtime, input, target, unit, seed, version, made, shown }: Report): Rows {
  const { index } = shown.result.target;
  const candidate = shown.result.candidates.find((each) => each.index === index);
  return {
    title: "What was run",
    header: ["", ""],
    rows: [
      [
        "Model",
        `${model.name}, ${model.architecture}, ${model.layers} layers × ${model.heads} heads, ${model.precision}`,
      ],
      ["File", model.file],
      ["SHA-256 of the file", model.sha256],
      input.image === null ? ["Text", input.text ?? `ids ${input.ids.join(" ")}`] : ["Image", input.image],
      ...(input.pair === null ? [] : [["Second text", input.pair]]),
      [
        "Explained",
        `${target}${candidate ? `; the model gives ${candidate.label.trim()} ${candidate.probability.toFixed(4)}` : ""}`,
      ],
      ["Unit, seed", `${unit}, ${seed}`],
      ["Ran on", runtime],
      ["Attention Explorer", version],
      ["Made", made],
    ],
  };
}

/** Each method as it was set, what it cost, and whether its values add up. */
export const methodRows = ({ methods }: Report): Rows => ({
  title: "Methods",
  header: ["Method", "Set to", "Adds up to, or fits", "Passes", "Time", "Source"],
  rows: methods.map(({ method, result }) => [
    method.label,
    optionsText(method, result.options) || "–",
    result.details?.surrogate
      ? `fit R² ${result.details.surrogate.r2.toFixed(2)}`
      : result.completeness
        ? `${figure(result.completeness.sum, { digits: 5 })} of ${figure(result.completeness.expected, { digits: 5 })}`
        : "–",
    passesOf(result.cost),
    duration(result.cost.ms) + preparingOf(result.cost),
    method.source,
  ]),
});

/** A row a unit, a column a method. */
export const valueRows = ({ methods, units }: Report): Rows => ({
  title: "Values",
  header: ["Position", "Unit", ...methods.map(({ method }) => method.label)],
  rows: units.map(({ from, mark, label }, i) => [
    `${from}`,
    mark + label,
    ...methods.map(({ result }) => figure(result.values[i]!, { digits: 5 })),
  ]),
});

/** ρ below the diagonal, p above; null with fewer than two methods. */
export function rhoRows({ methods }: Report): Rows | null {
  if (methods.length < 2) return null;
  const { spearman, units } = compare(methods.map(({ result }) => result));
  return {
    title: `Rank agreement: Spearman ρ below, p above, n = ${units.length}`,
    header: ["Method", ...methods.map(({ method }) => method.label)],
    rows: methods.map(({ method }, i) => [
      method.label,
      ...methods.map((_, j) => (i === j ? "·" : j < i ? rhoValue(spearman[i]![j]!.rho) : pValue(spearman[i]![j]!.p))),
    ]),
  };
}

/** How faithful each method is on this text, and random orders; null where nothing was measured. */
export function faithRows({ faithfulness, methods }: Report): Rows | null {
  if (!faithfulness) return null;
  const { random, removal, orders } = { ...faithfulness, orders: faithfulness.random.orders };
  return {
    title: `Faithfulness: without the first 1, 3, 5 units (${removal}), and with them alone`,
    header: ["Method", "Comprehensiveness", "Sufficiency", "Beats random orders"],
    rows: [
      ...faithfulness.methods.map(({ method, mean, better }) => [
        labelOf(methods, method),
        two(mean.comprehensiveness),
        two(mean.sufficiency),
        better.comprehensiveness === null ? "–" : `${Math.round(100 * better.comprehensiveness)}%`,
      ]),
      [`Random removal, ${orders} orders`, two(random.mean.comprehensiveness), two(random.mean.sufficiency), "–"],
    ],
  };
}

/** Agreement with marked units; null where none is marked. */
export function markRows({ plausibility, units, methods }: Report): Rows | null {
  if (!plausibility) return null;
  const words = plausibility.marked.map((i) => units[i]!.mark + units[i]!.label).join(", ");
  return {
    title: `Agreement with what was marked: ${words}`,
    header: ["Method", "AUPRC", "Precision", "Recall", "F1", "IoU"],
    rows: plausibility.methods.map(({ method, auprc, precision, recall, f1, iou }) => [
      labelOf(methods, method),
      ...[auprc, precision, recall, f1, iou].map(two),
    ]),
  };
}

/** What the model says of each paraphrase, and which count. */
export function paraphraseRows({ consistency }: Report): Rows | null {
  if (!consistency) return null;
  return {
    title: "Paraphrases",
    header: ["No.", "Text", "The model says", "Counts"],
    rows: consistency.paraphrases.map((text, i) => {
      const { label, probability, samePrediction } = consistency.answers[i]!;
      return [`${i + 1}`, text, `${label.trim()} ${probability.toFixed(3)}`, samePrediction ? "yes" : "no"];
    }),
  };
}

/** How far each method says the same of words that the text and a paraphrase share. */
export function consistencyRows({ consistency, methods }: Report): Rows | null {
  if (!consistency) return null;
  return {
    title: "Consistency over paraphrases: Spearman ρ by words, and first three words in common",
    header: ["Method", "ρ", "Top 3", ...consistency.paraphrases.map((_, i) => `ρ of ${i + 1}`)],
    rows: consistency.methods.map(({ method, rho, overlap, paraphrases }) => [
      labelOf(methods, method),
      rhoValue(rho),
      two(overlap),
      ...paraphrases.map((each) => (each.samePrediction ? rhoValue(each.rho) : "–")),
    ]),
  };
}

/** Every table of a report, in its order. */
export const tablesOf = (report: Report): Rows[] =>
  [
    facts(report),
    methodRows(report),
    valueRows(report),
    rhoRows(report),
    faithRows(report),
    markRows(report),
    paraphraseRows(report),
    consistencyRows(report),
  ].filter((each): each is Rows => each !== null);
