import type { MethodContext } from "../explain/attribution";
import { hasTarget } from "../explain/candidates";
import { attribute } from "../explain/explain";
import { methodOf } from "../explain/methods";
import { substitutesOf } from "../explain/substitutes";
import { unitsOf } from "../explain/unit";
import { fail, toMethodFailure } from "./failure";
import type { ExplainEvent, ExplainRequest } from "./protocol";

/** A page is told no more often, in ms: what it draws between two frames nobody sees. */
const between = 50;

export interface Explained extends Pick<MethodContext, "engine" | "trace" | "passes"> {
  readonly tokenizer: Parameters<typeof substitutesOf>[0];
  /** Ends what runs when it aborts; `passes` throws its reason. */
  readonly signal: AbortSignal;
}

/**
 * Runs the methods of a request one after the other, and tells each one's progress and its result or failure.
 *
 * @throws bad-input where the model has no target; the signal's reason when it aborts
 */
export async function explainEach(
  { tokenizer, signal, ...given }: Explained,
  { methods, target, unit, seed }: Omit<ExplainRequest, "trace">,
  tell: (event: ExplainEvent) => void,
): Promise<void> {
  if (!hasTarget({ labels: null, ...given.engine }))
    throw fail("bad-input", "no target: this model gives features and no answer that could be explained");
  const common = {
    ...given,
    target,
    units: unitsOf(given.trace.encoding, unit),
    substitutes: substitutesOf(tokenizer),
    seed,
  };
  for (const [slot, { id, options = {} }] of methods.entries()) {
    let told = performance.now();
    const onPartial: MethodContext["onPartial"] = (progress) => {
      if (performance.now() - told < between) return;
      tell({ slot, kind: "progress", ...progress });
      told = performance.now();
    };
    tell({ slot, kind: "progress", done: 0, total: 0 });
    try {
      const result = await attribute(methodOf(id), { ...common, onPartial }, options, () => performance.now());
      signal.throwIfAborted();
      tell({ slot, kind: "result", result });
    } catch (error) {
      signal.throwIfAborted();
      tell({ slot, kind: "failure", failure: toMethodFailure(error) });
    }
  }
}
