import { describe, expect, it } from "vitest";
import type { Method } from "./attribution";
import { leaveOneOut } from "./methods/leave-one-out";
import { random } from "./methods/random";
import { spearman } from "./metrics/spearman";
import { measureConsistency, type Phrased, targetOfParaphrases } from "./paraphrases";
import { analyticContext } from "./testing/analytic";

const vocabulary = ["[pad]", "[mask]", "[unk]", "the", "plot", "was", "clever", "slow", "##ly", "dull", "and"];
const counts = [0, 0, 0, 0.1, 0.4, 0.2, 2, -1, -0.5, -3, 0.05];

/** A text of that vocabulary; a model that adds its tokens up, and says 1 where that is above 0. */
function said(text: string): Phrased {
  const tokens = text.split(" ");
  const ids = tokens.map((t) => vocabulary.indexOf(t));
  let word = -1;
  const words = tokens.map((t) => (t.startsWith("##") ? word : ++word));
  const logit = (row: { readonly ids: readonly number[] }) => row.ids.reduce((sum, id) => sum + counts[id], 0);
  const { context } = analyticContext({ ids, tokens, words, unit: "word", logit });
  const positive = logit({ ids }) > 0;
  const candidates = [1, 0]
    .map((index) => ({ index, label: index ? "good" : "bad", logit: 0, probability: index ? 0.7 : 0.3 }))
    .sort((a) => ((a.index === 1) === positive ? -1 : 1));
  return { context, candidates };
}

const now = () => 0;

describe("methods on a text and its paraphrases", () => {
  it("holds what they say of the words that both have against each other, by definition", async () => {
    const text = said("the plot was clever and slow ##ly");
    const other = said("clever was the plot and slow ##ly slow ##ly");
    const { methods, answers, passes } = await measureConsistency(text, [other], [[leaveOneOut, {}]], now);
    expect(answers).toEqual([{ label: "bad", probability: 0.3, samePrediction: false }]);
    const [found] = methods;
    // What is lost without a word of a sum is the word's own part, in the first text and in the second.
    expect(found.paraphrases[0].aligned).toHaveLength(6);
    expect(found.paraphrases[0].rho).toBe(spearman([0, 1, 2, 3, 4, 5], [0, 1, 2, 3, 4, 5]).rho);
    expect(found).toMatchObject({ method: "leave-one-out", used: 0, rho: null });
    expect(passes.forward).toBe(7 + 8 + 1);
  });

  it("counts only paraphrases of which the model says the same", async () => {
    const text = said("the plot was clever");
    const given = [said("the plot was clever and slow"), said("the plot was dull"), said("clever and slow")];
    const { methods, answers } = await measureConsistency(text, given, [[leaveOneOut, {}]], now);
    expect(answers.map((a) => a.samePrediction)).toEqual([true, false, true]);
    expect(methods[0]).toMatchObject({ used: 2, rho: 1 });
  });

  it("draws the same for each text from one seed, tells its steps, and goes on after a method that fails", async () => {
    const failing: Method = {
      ...random,
      id: "failing",
      run: async () => {
        throw new RangeError("no gradient: here");
      },
    };
    const steps: [number, number][] = [];
    const text = said("the plot was clever");
    const found = await measureConsistency(
      text,
      [said("the plot was clever")],
      [
        [failing, {}],
        [random, {}],
      ],
      now,
      (done, total) => steps.push([done, total]),
    );
    expect(found.failures).toEqual([{ method: "failing", message: "no gradient: here" }]);
    expect(found.methods).toMatchObject([{ method: "random", rho: 1, overlap: 1 }]);
    expect(steps).toEqual([
      [3, 4],
      [4, 4],
    ]);
  });

  it("ends where the whole is to end", async () => {
    const text = said("the plot was clever");
    const ended = {
      ...text,
      context: { ...text.context, passes: { ...text.context.passes, pause: reject, run: reject } },
    };
    await expect(measureConsistency(ended, [], [[leaveOneOut, {}]], now)).rejects.toThrow("ended");
  });
});

const reject = async (): Promise<never> => {
  throw new Error("ended");
};

describe("the target of paraphrases", () => {
  it("is the same answer at the paraphrase's own place", () => {
    const target = { position: 8, index: 5, against: 3, as: "probability" } as const;
    expect(targetOfParaphrases("text-generation", target, 8)).toEqual({ index: 5, against: 3, as: "probability" });
    expect(targetOfParaphrases("text-classification", { position: null, index: 1 }, null)).toEqual({ index: 1 });
  });

  it("isn't there where the answer is a place in the text, or another place was chosen", () => {
    expect(() => targetOfParaphrases("question-answering", { position: null, index: 4 }, null)).toThrow(
      "no paraphrases: the answer is about a place in the text",
    );
    expect(() => targetOfParaphrases("text-generation", { position: 3, index: 4 }, 8)).toThrow("read at token 3");
  });
});
