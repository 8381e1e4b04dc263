import { optionsFor } from "../explanation";
import { tickets } from "../latest";
import { marksOf, tokensKey } from "../slices/compare";
import type { State } from "../state";
import { type Context, failureOf } from "./context";

type Asked = Pick<State, "shown" | "seed" | "methods" | "methodOptions">;

/** What consistency is measured of: where this is the same, so is the result. */
export const paraphrasingOf = (state: Asked, ids: readonly string[], paraphrases: readonly string[]): string =>
  JSON.stringify([
    ...[state.shown?.result.trace, state.shown?.result.target, state.seed, paraphrases],
    ids.map((id) => [id, optionsFor(state, id)]),
  ]);

/** What a person adds to judge methods by: texts that mean the same, and tokens that ought to count. */
export function paraphraseActions({ get, set, explainer }: Context) {
  const ticket = tickets();
  return {
    /** Runs these methods on the paraphrases that were given; what is measured already stays, and so does what runs. */
    async compareParaphrases(ids: readonly string[]): Promise<void> {
      const state = get();
      const { shown, seed, pair, model, paraphrasing } = state;
      const { paraphrases } = state.own.compare;
      if (shown?.origin !== "live" || paraphrases.length === 0 || ids.length === 0) return;
      const of = paraphrasingOf(state, ids, paraphrases);
      if (paraphrasing?.of === of && paraphrasing.status !== "failed") return;
      const fresh = ticket();
      const put = (next: State["paraphrasing"]): void => {
        if (fresh() && get().shown?.result.trace === trace) set({ paraphrasing: next });
      };
      const { trace, target } = shown.result;
      const methods = ids.map((id) => ({ id, options: optionsFor(state, id) }));
      const second = model?.pairs && pair?.trim() ? { pair } : {};
      put({ of, paraphrases, status: "running", done: 0, total: 0 });
      try {
        const result = await explainer.consistency(
          { trace, target, seed, methods, paraphrases, ...second },
          (done, total) => put({ of, paraphrases, status: "running", done, total }),
        );
        put({ of, paraphrases, status: "done", result });
      } catch (error) {
        const failure = failureOf(error);
        put(failure.code === "cancelled" ? null : { of, paraphrases, status: "failed", failure });
      }
    },
    /** Marks tokens as those that ought to count, or takes the mark from them where all have it. */
    mark(tokens: readonly number[]): void {
      const { shown, own } = get();
      if (!shown || tokens.length === 0) return;
      const { encoding } = shown.result;
      const before = marksOf(own.compare, encoding);
      const all = tokens.every((token) => before.includes(token));
      const marked = all
        ? before.filter((token) => !tokens.includes(token))
        : [...new Set([...before, ...tokens])].sort((a, b) => a - b);
      set({ own: { ...own, compare: { ...own.compare, marked, markedOf: tokensKey(encoding) } } });
    },
    clearMarks: (): void =>
      set(({ own }) => ({ own: { ...own, compare: { ...own.compare, marked: [], markedOf: null } } })),
  };
}
