import type { Attribution, MethodInfo } from "../../explain/attribution";
import type { Explanation } from "../../store/explanation";
import type { Shown, State } from "../../store/state";
import { spell, unitAt } from "../../store/units";
import { duration, figure, passesOf, peakOf } from "../shared/explained";
import { unitsFor, valuesOf } from "../shared/explaining";
import { scaleOf, targetName } from "../shared/target";
import type { AttributionPicture } from "./figure";

/** A gap of completeness from here on is warned of, as a share of what the values should add up to. */
export const LARGE_GAP = 0.05;

type Wanted = Pick<State, "unit" | "pinned" | "methods" | "explanations" | "own" | "hideSinks">;

/** The method that is chosen, or the first that this model has where it lacks that one. */
export const chosenMethod = ({ methods, own }: Pick<State, "methods" | "own">): MethodInfo | undefined =>
  methods.find(({ id }) => id === own.attribution.method) ?? methods.find(({ signed }) => signed) ?? methods[0];

export interface Gap {
  readonly text: string;
  /** Null where nothing is to be warned of. */
  readonly warning: string | null;
}

/** What the values add up to and what they should, where the method promises that. */
export function gapOf({ completeness }: Pick<Attribution, "completeness">): Gap | null {
  if (!completeness) return null;
  const { sum, expected } = completeness;
  const gap = sum - expected;
  const share = expected === 0 ? (gap === 0 ? 0 : Number.POSITIVE_INFINITY) : Math.abs(gap / expected);
  const percent = share < 0.0005 ? "under 0.1%" : `${(100 * share).toFixed(share < 0.1 ? 1 : 0)}%`;
  return {
    text: `Values add up to ${figure(sum, { signed: true, digits: 4 })} of ${figure(expected, { signed: true, digits: 4 })}: gap ${figure(gap, { signed: true })}, ${percent}.`,
    warning:
      share > LARGE_GAP
        ? "The gap is over 5%: more steps, or another baseline, may close it. Until then the values miss part of the answer."
        : null,
  };
}

/** How well the simpler model fits that the values are the weights of. */
export const fitOf = ({ r2 }: NonNullable<NonNullable<Attribution["details"]>["surrogate"]>): string =>
  `The linear model explains ${(100 * r2).toFixed(0)}% of what the model said of the inputs with holes (R² ${r2.toFixed(2)}).${
    r2 < POOR_FIT ? " That is a poor fit: its weights mean little." : ""
  }`;

/** A linear model that explains less than this is warned of. */
const POOR_FIT = 0.5;

/** What a result cost, as it was measured. */
export const costOf = ({ cost }: Pick<Attribution, "cost">): string =>
  `${passesOf(cost)}, ${duration(cost.ms)}${preparingOf(cost)}`;

/** The time before that; it isn't the method's, and there is none the next time. */
export const preparingOf = ({ preparing = 0 }: Attribution["cost"]): string =>
  preparing < 1 ? "" : ` after ${duration(preparing)} to prepare the model`;

/** How options read: "steps 50, baseline pad". */
export function optionsText(method: MethodInfo | undefined, options: Attribution["options"]): string {
  return Object.entries(options)
    .filter(([, value]) => value !== "") // a text that nobody gave
    .map(([id, value]) => {
      const parameter = method?.parameters.find((each) => each.id === id);
      const name = (parameter?.label ?? id).toLowerCase();
      const choice = parameter?.kind === "choice" && parameter.choices.find((each) => each.id === value)?.label;
      return typeof value === "boolean" ? `${name} ${value ? "on" : "off"}` : `${name} ${choice || value}`;
    })
    .join(", ");
}

/** What is left out of the bars, with its numbers. */
export function leftOutText(
  shown: Shown,
  unit: State["unit"],
  values: readonly number[],
  hide: boolean,
): string | null {
  if (!hide) return null;
  const out = unitsFor(shown, unit).flatMap(({ special, from }, i) =>
    special ? [`${spell(shown.result.encoding.tokens[from]!).label} ${figure(values[i]!, { signed: true })}`] : [],
  );
  return out.length > 0 ? `Left out: ${out.join(", ")}.` : null;
}

/** What the view draws; null until there are values. */
export function pictureOf(state: Wanted, shown: Shown): AttributionPicture | null {
  const method = chosenMethod(state);
  const explanation: Explanation | undefined = method && state.explanations[method.id];
  const values = valuesOf(explanation);
  if (!method || !explanation || !values) return null;
  const all = unitsFor(shown, state.unit);
  const hide = state.hideSinks.attribution;
  const shownUnits = all.flatMap((unit, i) => (hide && unit.special ? [] : [i]));
  const units = shownUnits.map((i) => all[i]!);
  const drawn = shownUnits.map((i) => values[i]!);
  const pinned = state.pinned === null ? -1 : unitAt(units, state.pinned.index);
  const left = leftOutText(shown, state.unit, values, hide);
  const result = explanation.status === "done" ? explanation.result : null;
  const gap = result && gapOf(result);
  return {
    model: shown.model.name,
    label: method.label,
    target: `${targetName(shown)}, ${scaleOf(shown.result.target)}`,
    signed: method.signed,
    units,
    patches: shown.result.encoding.patches ?? null,
    values: drawn,
    peak: peakOf(values, all) || drawn.reduce((most, value) => Math.max(most, Math.abs(value)), 0),
    pinned: pinned < 0 ? null : pinned,
    notes: [
      ...(gap ? [gap.text, ...(gap.warning ? [gap.warning] : [])] : []),
      ...(result
        ? [[costOf(result), optionsText(method, result.options)].filter((part) => part !== "").join(" · ")]
        : ["Still converging."]),
      ...(left ? [left] : []),
    ],
  };
}
