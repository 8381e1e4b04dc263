import { describe, expect, it } from "vitest";
import { consistency, type WordValues } from "./consistency";
import { spearman } from "./spearman";

const of = (text: string, values: readonly number[], prediction = 1): WordValues => ({
  words: text.split(" "),
  values,
  prediction,
});
const text = of("The plot was clever and slow", [0, 0.2, 0.1, 0.9, 0.05, -0.6]);

describe("consistency over paraphrases", () => {
  it("is 1 for the text itself", () => {
    expect(consistency(text, [text])).toMatchObject({ used: 1, rho: 1, overlap: 1 });
  });

  it("compares equal words, wherever they stand", () => {
    const other = of("the story was slow and clever the", [0.1, 0.8, 0.3, -0.5, 0, 0.7, 0.2]);
    const { paraphrases, overlap } = consistency(text, [other]);
    expect(paraphrases[0].aligned).toEqual([
      [0, 0],
      [2, 2],
      [3, 5],
      [4, 4],
      [5, 3],
    ]);
    expect(paraphrases[0].rho).toBe(spearman([0, 0.1, 0.9, 0.05, -0.6], [0.1, 0.3, 0.7, 0, -0.5]).rho);
    expect(overlap).toBeCloseTo(2 / 3); // clever and was; plot became story
  });

  it("leaves out what the model answers otherwise, and what has too few words in common", () => {
    const found = consistency(text, [of("the plot was dull", [0, 0.1, 0, -1], 0), of("a clever film", [0, 1, 0])]);
    expect(found.paraphrases.map((p) => p.samePrediction)).toEqual([false, true]);
    expect(found).toMatchObject({ used: 1, rho: null, overlap: 1 / 3 });
    expect(consistency(text, [])).toMatchObject({ used: 0, rho: null, overlap: null });
  });
});
