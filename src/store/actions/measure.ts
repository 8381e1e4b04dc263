import type { Attribution } from "../../explain/attribution";
import type { Faithfulness } from "../../explain/faithfulness";
import { resultsOf } from "../explanation";
import { tickets } from "../latest";
import { type Measure, settingOf } from "../measured";
import type { State } from "../state";
import { type Context, failureOf } from "./context";

/** Measures of one text are kept for so many texts and methods. */
const MOST = 2000;

const keyOf = (trace: number, attributions: readonly Attribution[]): string =>
  JSON.stringify([
    trace,
    attributions.map(({ method, options, target, units }) => [method, options, target, units.length]),
  ]);

function measuresIn(
  state: State,
  trace: number,
  attributions: readonly Attribution[],
  { methods, random }: Faithfulness,
): Measure[] {
  return attributions.map(({ method, options, units, cost }, i) => ({
    ...{ method, setting: settingOf(state, options), trace, units: units.filter(({ special }) => !special).length },
    ...cost,
    comprehensiveness: methods[i]!.mean.comprehensiveness,
    sufficiency: methods[i]!.mean.sufficiency,
    random: random.mean.comprehensiveness,
  }));
}

/** How faithful the methods are that explain what is shown. */
export function measureActions({ get, set, explainer }: Context) {
  const ticket = tickets();
  return {
    /** Measures these methods, where all of them that run are done; what is measured already stays. */
    async measure(ids: readonly string[]): Promise<void> {
      const { shown, unit, seed, explanations, measuring, methods } = get();
      const busy = Object.values(explanations).some(({ status }) => status === "waiting" || status === "running");
      if (shown?.origin !== "live" || busy) return;
      const attributions = resultsOf({ methods, explanations }).filter(({ method }) => ids.includes(method));
      if (attributions.length === 0) return;
      const { trace, target } = shown.result;
      const of = keyOf(trace, attributions);
      if (measuring?.of === of) return;
      const fresh = ticket();
      const put = (next: State["measuring"]): void => {
        if (fresh() && get().shown?.result.trace === trace) set({ measuring: next });
      };
      put({ of, status: "running", done: 0, total: 0 });
      try {
        const result = await explainer.measure({ trace, target, unit, seed, attributions }, (done, total) =>
          put({ of, status: "running", done, total }),
        );
        if (!fresh()) return;
        put({ of, status: "done", result });
        set((state) => ({
          measures: [...state.measures, ...measuresIn(state, trace, attributions, result)].slice(-MOST),
        }));
      } catch (error) {
        const failure = failureOf(error);
        put(failure.code === "cancelled" ? null : { of, status: "failed", failure });
      }
    },
  };
}
