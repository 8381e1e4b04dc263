import type { ExplainEvent, Failure } from "../../worker/protocol";
import { type Explanation, optionsFor, sameOptions } from "../explanation";
import type { State } from "../state";
import { type Context, failureOf } from "./context";

/** The explanation that runs, as it stands: where the state has another, that one took its place. */
interface Current {
  readonly method: string;
  explanation: Explanation;
}

type Change = (explanation: Explanation) => Explanation;

const stopped: Change = ({ method, options }) => ({ method, options, status: "stopped" });

/** Waits to run as it is set now, or has failed where it can't be set so. */
function begun(state: State, method: string): Explanation {
  try {
    return { method, options: optionsFor(state, method), status: "waiting" };
  } catch (error) {
    const failure: Failure = { code: "bad-input", message: failureOf(error).message };
    return { method, options: state.methodOptions[method] ?? {}, status: "failed", failure };
  }
}

/** What an event makes of a method that runs. */
const after =
  (event: ExplainEvent): Change =>
  (explanation) => {
    const { method, options } = explanation;
    switch (event.kind) {
      case "progress": {
        const before = explanation.status === "running" ? explanation.values : null;
        const { done, total, values = before } = event;
        return { method, options, status: "running", done, total, values };
      }
      case "result":
        return { method, options, status: "done", result: event.result };
      case "failure":
        return { method, options, status: "failed", failure: event.failure };
    }
  };

/** Methods that explain what is shown. They run one by one; the one asked for last comes first. */
export function explainActions({ get, set, explainer }: Context) {
  let current: Current | null = null;

  const put = (explanation: Explanation): void =>
    set(({ explanations }) => ({ explanations: { ...explanations, [explanation.method]: explanation } }));

  /** Runs what waits until nothing does. */
  async function work(): Promise<void> {
    if (current) return;
    const { explanations, shown, unit, seed } = get();
    const next = Object.values(explanations)
      .filter(({ status }) => status === "waiting")
      .at(-1);
    if (!next || shown?.origin !== "live") return;
    const { method, options } = next;
    const mine: Current = { method, explanation: next };
    current = mine;
    const change = (to: Change): void => {
      if (get().explanations[method] !== mine.explanation) return;
      mine.explanation = to(mine.explanation);
      put(mine.explanation);
    };
    change(after({ slot: 0, kind: "progress", done: 0, total: 0 }));
    try {
      const { trace, target } = shown.result;
      const request = { trace, target, unit, seed, methods: [{ id: method, options }] };
      await explainer.explain(request, (event) => change(after(event)));
    } catch (error) {
      const failure = failureOf(error);
      change(failure.code === "cancelled" ? stopped : after({ slot: 0, kind: "failure", failure }));
    } finally {
      current = null;
    }
    await work();
  }

  /** Ends the method that runs, if it isn't wanted any more. */
  async function leave(): Promise<void> {
    if (current && get().explanations[current.method] !== current.explanation) await explainer.cancel("explanations");
  }

  return {
    /**
     * Explains what is shown by these methods, the last of them first. What is there or on its way already stays, and
     * so does what failed or was stopped, unless `again`.
     */
    async explain(ids: readonly string[], again = false): Promise<void> {
      const state = get();
      if (state.shown?.origin !== "live") return;
      const fresh: Record<string, Explanation> = {};
      const rest: Record<string, Explanation> = { ...state.explanations };
      for (const method of ids) {
        const explanation = begun(state, method);
        const before = rest[method];
        const same = before && sameOptions(before.options, explanation.options);
        if (same && !again && before.status !== "waiting") continue;
        delete rest[method]; // and comes last, which is first
        fresh[method] = explanation;
      }
      if (Object.keys(fresh).length === 0) return;
      set({ explanations: { ...rest, ...fresh } });
      await leave();
      await work();
    },
    /** Stops what runs and what waits, and what is measured of it, or one method of them. */
    async stopExplaining(method?: string): Promise<void> {
      if (method === undefined && !current) await explainer.cancel("explanations");
      set(({ explanations }) => ({
        explanations: Object.fromEntries(
          Object.entries(explanations).map(([id, each]) => [
            id,
            (method ?? id) === id && (each.status === "waiting" || each.status === "running") ? stopped(each) : each,
          ]),
        ),
      }));
      await leave();
    },
    /** Sets how a method runs; its explanation as it was set before goes. */
    async setMethodOption(method: string, option: string, value: number | string | boolean): Promise<void> {
      set(({ methodOptions, explanations: { [method]: _, ...explanations } }) => ({
        methodOptions: { ...methodOptions, [method]: { ...methodOptions[method], [option]: value } },
        explanations,
      }));
      await leave();
    },
    resetMethodOptions(method: string): void {
      set(({ methodOptions: { [method]: _, ...methodOptions }, explanations: { [method]: __, ...explanations } }) => ({
        methodOptions,
        explanations,
      }));
    },
    /** Tokens or words: what gets one value. */
    setUnit: (unit: State["unit"]): void => set({ unit }),
    /** What every draw of the sampled methods follows from. */
    setSeed: (seed: number): void => set({ seed }),
    /** Forgets what was said of another pass or target, and ends what still runs for it. */
    async forgetExplanations(): Promise<void> {
      set({ explanations: {}, measuring: null, paraphrasing: null });
      await leave();
    },
  };
}
