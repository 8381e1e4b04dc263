import { type FaithfulnessContext, measureFaithfulness } from "../../explain/faithfulness";
import { consistency, type WordValues } from "../../explain/metrics/consistency";
import type { ConsistencyResult } from "../../explain/paraphrases";
import type { PassRow } from "../../explain/passes";
import type { Candidate, Target } from "../../explain/target";
import { unitsOf } from "../../explain/unit";
import type { Encoding } from "../../text/encoding";
import type { ConsistencyRequest, MeasureRequest, Without, WithoutRequest } from "../../worker/protocol";
import { noise } from "./noise";

const MASK = 103;

/** A made-up answer: every token that isn't masked adds its own part to the logit. */
function logitOf(ids: readonly number[], target: Target): number {
  const sum = ids.reduce((all, id, i) => all + (id === MASK ? 0 : noise(id, i, target.index) - 0.35), 0);
  return sum * (target.index === 0 ? -1 : 1);
}

const probabilityOf = (logit: number): number => 1 / (1 + Math.exp(-logit));

/** The real measure over that answer. */
export function syntheticMeasure(
  encoding: Encoding,
  { target, unit, seed, attributions }: MeasureRequest,
  onProgress: (done: number, total: number) => void,
) {
  const spent = { forward: 0, backward: 0 };
  const context = {
    ...{ target, seed, units: unitsOf(encoding, unit), substitutes: { pad: 0, mask: MASK, unknown: null } },
    engine: { family: "encoder", task: "text-classification" },
    trace: { encoding },
    passes: {
      spent,
      async run(rows: readonly PassRow[], _: unknown, onRow: (result: object, index: number) => void) {
        rows.forEach(({ ids }, i) => {
          const logit = logitOf(ids, target);
          spent.forward++;
          onRow({ logit, value: logit, probability: probabilityOf(logit) }, i);
        });
      },
    },
    onPartial: ({ done, total }: { done: number; total: number }) => onProgress(done, total),
  } as unknown as FaithfulnessContext;
  return measureFaithfulness(context, attributions);
}

export function syntheticWithout(
  { ids }: Encoding,
  { target, units, removal }: WithoutRequest,
  candidates: readonly Candidate[],
): Without {
  const after = logitOf(
    ids.map((id, i) => (units.includes(i) ? MASK : id)),
    target,
  );
  return {
    token: removal === "delete" ? null : removal === "pad" ? "[PAD]" : "[MASK]",
    candidates: candidates.map((each, i) => ({ ...each, probability: i === 0 ? probabilityOf(after) : 0.01 })),
    before: logitOf(ids, target),
    after,
  };
}

/** The real metric over made-up values, the same for a word wherever it stands; a text with "not" in it is another's. */
export function syntheticConsistency(
  text: Encoding,
  { paraphrases, methods }: ConsistencyRequest,
  encode: (text: string) => Encoding,
  [best, other]: readonly Candidate[],
  onProgress: (done: number, total: number) => void,
): ConsistencyResult {
  const encodings = paraphrases.map(encode);
  const isOther = ({ tokens }: Encoding): boolean => tokens.some((token) => token.trim() === "not");
  const said = (encoding: Encoding, m: number): WordValues => {
    const words = unitsOf(encoding, "word").filter(({ special }) => !special);
    const spelled = words.map(({ tokens }) => tokens.map((t) => encoding.tokens[t]).join(""));
    return {
      words: spelled,
      values: spelled.map((word) => noise(m, word.length, word.charCodeAt(0)) - 0.3),
      prediction: isOther(encoding) ? 1 : 0,
    };
  };
  const steps = methods.length * (1 + paraphrases.length);
  onProgress(1, steps);
  return {
    answers: encodings.map((encoding) => ({
      label: (isOther(encoding) ? other : best)!.label,
      probability: 0.9,
      samePrediction: isOther(encoding) === isOther(text),
    })),
    methods: methods.map(({ id }, m) => ({
      method: id,
      ...consistency(
        said(text, m),
        encodings.map((encoding) => said(encoding, m)),
      ),
    })),
    failures: [],
    passes: { forward: steps, backward: 0 },
  };
}
