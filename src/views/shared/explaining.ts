import { useEffect, useMemo } from "react";
import type { MethodInfo } from "../../explain/attribution";
import type { Explanation } from "../../store/explanation";
import { optionsFor } from "../../store/explanation";
import { useActions, useApp } from "../../store/react";
import type { Shown, State } from "../../store/state";
import { type Unit, unitsOf } from "../../store/units";

const kept = new WeakMap<object, Map<boolean, readonly Unit[]>>();

/** What methods give one value: tokens or words of what is shown. The same list for the same text. */
export function unitsFor({ result: { encoding } }: Shown, unit: State["unit"]): readonly Unit[] {
  const known = kept.get(encoding) ?? new Map<boolean, readonly Unit[]>();
  kept.set(encoding, known);
  const words = unit === "word";
  const units = known.get(words) ?? unitsOf(encoding, words);
  known.set(words, units);
  return units;
}

export const useUnits = (shown: Shown): readonly Unit[] => {
  const unit = useApp((state) => state.unit);
  return unitsFor(shown, unit);
};

/** Whether there is an answer to explain; a trace and a model of features give none, and methods that ask for none remain. */
export const isAnswered = ({ result }: Pick<Shown, "result">): boolean => result.candidates.length > 0;

/** A live pass can be explained; an example that was computed beforehand has no model to ask. */
export const canExplain = (shown: Shown | null): shown is Shown => shown?.origin === "live";

/**
 * Sees to it that these methods explain what is shown, the first of them first. What is there already stays. Methods that
 * need no answer of the model run where it gives none, too.
 */
export function useExplain(ids: readonly string[], needsAnswer = true): void {
  const { explain } = useActions();
  const shown = useApp((state) => state.shown);
  const stale = useApp((state) => state.stale);
  const unit = useApp((state) => state.unit);
  const seed = useApp((state) => state.seed);
  const options = useApp((state) => state.methodOptions);
  const methods = useApp((state) => state.methods);
  const wanted = ids.join();
  const live = canExplain(shown) && !stale && (!needsAnswer || isAnswered(shown));
  const trace = shown?.result.trace;
  const target = JSON.stringify(shown?.result.target);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is explained decides, and how
  useEffect(() => {
    if (!live || wanted === "") return;
    const known = wanted.split(",").filter((id) => methods.some((method) => method.id === id));
    // Of those asked for the last runs first.
    void explain(known.reverse());
  }, [explain, live, wanted, methods, trace, target, unit, seed, options]);
}

export const useMethod = (id: string): MethodInfo | undefined =>
  useApp((state) => state.methods.find((method) => method.id === id));

export const useExplanation = (id: string): Explanation | undefined => useApp((state) => state.explanations[id]);

/** The options of a method as it runs now, complete. */
export function useOptions(id: string): ReturnType<typeof optionsFor> {
  const methods = useApp((state) => state.methods);
  const chosen = useApp((state) => state.methodOptions[id]);
  return useMemo(
    () => optionsFor({ methods, methodOptions: chosen ? { [id]: chosen } : {} }, id),
    [methods, chosen, id],
  );
}

/** Values as they stand: the result's, or those of a method that still converges. */
export const valuesOf = (explanation: Explanation | undefined): readonly number[] | null =>
  explanation?.status === "done"
    ? explanation.result.values
    : explanation?.status === "running"
      ? explanation.values
      : null;
