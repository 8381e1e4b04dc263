import { measurePlausibility, type PlausibilityResult } from "../../explain/marks";
import { optionsFor } from "../../store/explanation";
import { marksOf } from "../../store/slices/compare";
import type { Shown, State } from "../../store/state";
import { takesPart } from "../shared/explained";
import { unitsFor } from "../shared/explaining";
import { estimate } from "./estimate";
import { chosen, playersOf, resultsIn } from "./picture";

type Known = Pick<State, "unit" | "model" | "methods" | "explanations" | "own">;

/** Images have patches, which nobody marks or says otherwise. */
export const isText = ({ model, result }: Pick<Shown, "model" | "result">): boolean =>
  model.family !== "vision" && result.encoding.patches === undefined;

/** Marked tokens that aren't special, of what is shown. */
export function marksIn({ own }: Pick<State, "own">, { result: { encoding } }: Shown): readonly number[] {
  return marksOf(own.compare, encoding).filter((token) => !encoding.special[token]);
}

/** Units of which any token is marked, by their places. */
export function markedUnits(state: Pick<State, "own" | "unit">, shown: Shown): number[] {
  const marked = marksIn(state, shown);
  const units = unitsFor(shown, state.unit);
  return takesPart(units).filter((i) => marked.some((token) => token >= units[i]!.from && token < units[i]!.to));
}

/** How well the methods that are compared agree with what was marked; null without marks or results. */
export function plausibilityIn(state: Known, shown: Shown): PlausibilityResult | null {
  const results = resultsIn(state as Parameters<typeof resultsIn>[0]);
  const marked = marksIn(state, shown);
  return results.length === 0 || marked.length === 0 ? null : measurePlausibility(results, marked);
}

/** Passes that so many paraphrases take, the text itself among them; null where nobody can tell. */
export function paraphrasePasses(
  state: Pick<State, "model" | "methods" | "methodOptions" | "own">,
  shown: Shown,
  paraphrases: number,
): number | null {
  const words = playersOf(shown, "word");
  let sum = paraphrases;
  for (const { id } of chosen(state)) {
    const passes = estimate(id, words, optionsFor(state, id));
    if (passes === null) return null;
    sum += passes * (1 + paraphrases);
  }
  return sum;
}
