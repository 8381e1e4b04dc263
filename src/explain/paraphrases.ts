import type { Encoding } from "../text/encoding";
import type { Method, MethodContext, Options } from "./attribution";
import { attribute } from "./explain";
import { type Consistency, consistency, type WordValues } from "./metrics/consistency";
import type { Candidate, Target } from "./target";
import type { Unit } from "./unit";

/** A text, given by its words, and what the model says of it: best first. */
export interface Phrased {
  readonly context: MethodContext;
  readonly candidates: readonly Candidate[];
}

/** What the model says of a paraphrase. */
export interface ParaphraseAnswer {
  /** What it finds likeliest there. */
  readonly label: string;
  readonly probability: number;
  /** Whether that is what it finds likeliest in the text; only then the paraphrase counts. */
  readonly samePrediction: boolean;
}

export interface MethodConsistency extends Consistency {
  readonly method: string;
}

/** How far methods say the same of a text and of its paraphrases. */
export interface ConsistencyResult {
  /** In the order in which they were given. */
  readonly answers: readonly ParaphraseAnswer[];
  readonly methods: readonly MethodConsistency[];
  /** Methods that gave nothing, and why. */
  readonly failures: readonly { readonly method: string; readonly message: string }[];
  /** Those that methods ran, and one for each paraphrase as it is. */
  readonly passes: { readonly forward: number; readonly backward: number };
}

/**
 * The same target, to be asked of a paraphrase: read at the paraphrase's own place.
 * @param usual where the text is read when nobody chose a place
 * @throws RangeError for answers that are places or single tokens of the text, which a paraphrase hasn't
 */
export function targetOfParaphrases(
  task: MethodContext["engine"]["task"],
  target: Target,
  usual: number | null,
): Partial<Target> {
  if (task === "question-answering" || task === "token-classification")
    throw new RangeError("no paraphrases: the answer is about a place in the text, which a paraphrase hasn't");
  if (target.position !== usual)
    throw new RangeError(`no paraphrases: the target is read at token ${target.position}, which they haven't`);
  const { position: _, ...rest } = target;
  return rest;
}

/** A word as it is compared: its tokens without marks of the vocabulary and spaces. */
export const wordOf = ({ tokens }: Encoding, unit: Unit["tokens"]): string =>
  unit
    .map((t, i) => (i > 0 ? tokens[t].replace(/^##/, "") : tokens[t]))
    .join("")
    .trim();

/**
 * Runs each method on a text and on its paraphrases, by words and from the same seed, and holds what it says of words that
 * they share against each other.
 *
 * @param onStep told after each text of each method
 */
export async function measureConsistency(
  text: Phrased,
  paraphrases: readonly Phrased[],
  methods: readonly (readonly [Method, Options])[],
  now: () => number,
  onStep: (done: number, total: number) => void = () => {},
): Promise<ConsistencyResult> {
  const all = [text, ...paraphrases];
  const spent = () =>
    all.reduce(
      (sum, { context: { passes } }) => ({
        forward: sum.forward + passes.spent.forward,
        backward: sum.backward + passes.spent.backward,
      }),
      { forward: 0, backward: 0 },
    );
  const before = spent();
  const total = methods.length * all.length;
  const found: MethodConsistency[] = [];
  const failures: { method: string; message: string }[] = [];
  for (const [m, [method, options]] of methods.entries()) {
    const each: WordValues[] = [];
    try {
      for (const [i, { context, candidates }] of all.entries()) {
        const { values } = await attribute(method, context, options, now);
        const kept = context.units.flatMap((unit, u) => (unit.special || Number.isNaN(values[u]) ? [] : [u]));
        each.push({
          words: kept.map((u) => wordOf(context.trace.encoding, context.units[u].tokens)),
          values: kept.map((u) => values[u]),
          prediction: candidates[0].index,
        });
        onStep(m * all.length + i + 1, total);
      }
      const [own, ...others] = each;
      found.push({ method: method.id, ...consistency(own, others) });
    } catch (error) {
      await text.context.passes.pause(); // which throws where the whole is to end
      failures.push({ method: method.id, message: error instanceof Error ? error.message : String(error) });
    }
  }
  const [first] = text.candidates;
  const after = spent();
  return {
    answers: paraphrases.map(({ candidates: [best] }) => ({
      label: best.label,
      probability: best.probability,
      samePrediction: best.index === first.index,
    })),
    methods: found,
    failures,
    passes: {
      forward: paraphrases.length + after.forward - before.forward,
      backward: after.backward - before.backward,
    },
  };
}
