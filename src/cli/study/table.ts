import { methods as registered } from "../../explain/methods";
import type { Removal } from "../../explain/removal";
import type { Interval, Spread, Summary } from "./summary";

/** What a study was of. */
export interface About {
  readonly model: string;
  readonly unit: string;
  readonly orders: number;
  /** Where the texts can be had; they aren't kept. */
  readonly source: string;
  readonly machine: string;
}

/** A method's name as a person reads it. */
export const nameOf = (id: string): string => registered.find((m) => m.id === id)?.label ?? id;

/** The study as Markdown. */
export function markdownOf(summary: Summary, about: About, plot: string): string {
  const { texts, right, labelled, removal, units, random, methods, agreement, failures } = summary;
  const winners = methods.filter((m) => m.beats.comprehensiveness && m.beats.sufficiency);
  const losers = methods.filter((m) => !m.beats.comprehensiveness && !m.beats.sufficiency);
  const mixed = methods.filter((m) => m.beats.comprehensiveness !== m.beats.sufficiency);
  const names = (of: readonly { readonly method: string }[]) => of.map((m) => nameOf(m.method)).join(", ") || "none";
  return [
    `# Explanation methods on ${about.model}`,
    `${texts} texts from ${about.source}${right === null ? "" : `, of which ${labelled === texts ? "" : `${labelled} have a known answer, and `}the model is right on ${percent(right)}${labelled === texts ? "" : " of these"}`}: ${spread(units, 0)} ${about.unit}s, median and quartiles. Each method explains the likeliest answer with its default options. Comprehensiveness and sufficiency are the drops of that answer's probability when the top 1, 3 and 5 ${about.unit}s are ${standIns[removal]}, or all others are; means over the three. Each text's value is held against the mean of ${about.orders} random orders of the same text; the intervals hold the mean difference in 95 of 100 resamplings of the texts.`,
    `**Better than random removal by both measures:** ${names(winners)}. **By one of them:** ${names(mixed)}. **By neither:** ${names(losers)}.`,
    "Methods that take words away by the same replacement are judged by what they measure, which favours them. `random` is the control: it must not win.",
    ...(methods.some((m) => m.texts < texts)
      ? [
          `Where n is less than ${texts}, a method ran on some of the texts only, and its row is of those: it can't be held against a row of all.`,
        ]
      : []),
    `![Faithfulness of each method over random removal, and its cost](${plot})`,
    "## Faithfulness and cost",
    table(
      [
        "method",
        "n",
        "comprehensiveness",
        "over random",
        "sufficiency",
        "over random",
        "passes forward",
        "back",
        "time / one pass",
      ],
      [
        ...methods.map((m) => [
          nameOf(m.method),
          String(m.texts),
          number(m.comprehensiveness),
          interval(m.gain.comprehensiveness, m.beats.comprehensiveness),
          number(m.sufficiency),
          interval(m.gain.sufficiency, m.beats.sufficiency),
          spread(m.forward, 0),
          spread(m.backward, 0),
          spread(m.passes, 1),
        ]),
        [
          "*random orders*",
          String(texts),
          number(random.comprehensiveness),
          "",
          number(random.sufficiency),
          "",
          "",
          "",
          "",
        ],
      ],
    ),
    `Bold where the whole interval is on the better side of 0. Passes and times are medians with quartiles; the time is the processor's, on one thread, in passes over the same text, so what else the machine did doesn't count (${about.machine}).`,
    "## Agreement",
    "Spearman's rho, mean over the texts that both methods ran on; by magnitudes where one of the two has no sign.",
    table(
      ["", ...methods.map((_, i) => String(i + 1))],
      methods.map((m, i) => [
        `${i + 1} ${nameOf(m.method)}`,
        ...agreement[i].map((rho) => (rho === null ? "" : rho.toFixed(2).replace("-", "−"))),
      ]),
    ),
    ...failures.map((f) => `${nameOf(f.method)} gave nothing on ${f.texts} texts: ${f.message}`),
  ]
    .join("\n\n")
    .concat("\n");
}

const standIns: Readonly<Record<Removal, string>> = {
  mask: "replaced by the mask token",
  unknown: "replaced by the unknown token",
  pad: "replaced by padding",
  delete: "deleted",
  blur: "blurred",
  mean: "painted over with the mean colour",
};

const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;
const number = (value: number): string => `${value < 0 ? "−" : ""}${Math.abs(value).toFixed(3)}`;
const signed = (value: number): string => (value < 0 ? number(value) : `+${number(value)}`);
const interval = ({ mean, low, high }: Interval, bold: boolean): string => {
  const text = `${signed(mean)} [${signed(low)}, ${signed(high)}]`;
  return bold ? `**${text}**` : text;
};
const spread = ({ median, quarter, threeQuarters }: Spread, digits: number): string =>
  quarter === threeQuarters
    ? median.toFixed(digits)
    : `${median.toFixed(digits)} (${quarter.toFixed(digits)}–${threeQuarters.toFixed(digits)})`;

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
