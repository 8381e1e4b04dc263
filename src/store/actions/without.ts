import type { Without, WithoutRequest } from "../../worker/protocol";
import type { Context } from "./context";

/** So many answers are at hand. */
const KEPT = 100;

/** What the model says of what is shown without some of it. */
export function withoutActions({ get, explainer }: Context) {
  const answers = new Map<string, Promise<Without>>();
  return {
    /** Runs the text without units, once for each way to take them away. Rejects as the explainer does. */
    answerWithout(units: readonly number[], removal: WithoutRequest["removal"]): Promise<Without> {
      const { shown, unit } = get();
      if (shown?.origin !== "live") return Promise.reject(new Error("no model: nothing can be run"));
      const { trace, target } = shown.result;
      const request = { trace, target, unit, units, removal };
      const key = JSON.stringify(request);
      const known = answers.get(key);
      if (known) return known;
      const answer = explainer.without(request);
      answers.set(key, answer);
      answer.catch(() => answers.delete(key));
      const [oldest] = answers.keys();
      if (answers.size > KEPT && oldest !== undefined) answers.delete(oldest);
      return answer;
    },
  };
}
