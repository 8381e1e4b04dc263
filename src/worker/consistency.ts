import { defaultPosition, readTarget, type Vocabulary } from "../explain/candidates";
import type { Engine } from "../explain/engine";
import { methodOf } from "../explain/methods";
import { type ConsistencyResult, measureConsistency, type Phrased, targetOfParaphrases } from "../explain/paraphrases";
import { passesOf } from "../explain/passes-of";
import { substitutesOf } from "../explain/substitutes";
import type { Trace } from "../explain/trace";
import { unitsOf } from "../explain/unit";
import type { Encoding } from "../text/encoding";
import { fail } from "./failure";
import type { ConsistencyRequest } from "./protocol";

interface Given {
  readonly engine: Engine;
  readonly tokenizer: Parameters<typeof substitutesOf>[0];
  readonly vocabulary: Vocabulary;
  /** The text's own pass. */
  readonly trace: Trace;
  /** Waited for between passes; throws where the whole is to end. */
  readonly letThrough: () => Promise<void>;
  encode(text: string): Encoding;
}

/**
 * Runs methods on a text and its paraphrases.
 * @throws bad-input for a target that a paraphrase can't have, or that the model lacks
 */
export async function answerConsistency(
  { engine, tokenizer, vocabulary, trace, letThrough, encode }: Given,
  { target, seed, paraphrases, methods }: ConsistencyRequest,
  tell: (done: number, total: number) => void,
): Promise<ConsistencyResult> {
  const now = () => performance.now();
  const phrased = (of: Trace, chosen: Parameters<typeof readTarget>[2]): Phrased => {
    const { target: own, candidates } = readTarget(engine, of, chosen, vocabulary);
    const context = {
      ...{ engine, trace: of, target: own, seed, substitutes: substitutesOf(tokenizer), onPartial: () => {} },
      units: unitsOf(of.encoding, "word"),
      passes: passesOf(engine, letThrough, now),
    };
    return { context, candidates };
  };
  try {
    const same = targetOfParaphrases(engine.task, target, defaultPosition(engine, trace, vocabulary.mask));
    const others: Phrased[] = [];
    for (const text of paraphrases) {
      await letThrough();
      others.push(phrased(await engine.run(encode(text)), same));
    }
    const set = methods.map(({ id, options = {} }) => [methodOf(id), options] as const);
    return await measureConsistency(phrased(trace, target), others, set, now, tell);
  } catch (error) {
    if (error instanceof RangeError) throw fail("bad-input", error.message);
    throw error;
  }
}
