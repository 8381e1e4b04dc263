import { describe, expect, it } from "vitest";
import { unigram } from "./unigram";

describe("unigram", () => {
  const model = unigram({
    unk_id: 0,
    vocab: [
      ["<unk>", 0],
      ["a", -1],
      ["b", -1],
      ["ab", -2],
      ["c", -1],
      ["bc", -2],
      ["abc", -3],
    ],
  });
  const ids = (text: string) => model.tokenize(Array.from(text)).map(({ id }) => id);

  it("takes the longer piece first where scores are even", () => {
    expect(ids("ab")).toEqual([3]);
    expect(ids("bc")).toEqual([5]);
    expect(ids("abc")).toEqual([6]);
    expect(ids("abab")).toEqual([3, 3]);
  });

  it("joins what is unknown, the spelt-out unknown token too", () => {
    expect(model.tokenize(Array.from("é🙂ab<unk>z"))).toEqual([
      { id: 0, piece: "é🙂", start: 0, end: 6, unknown: true },
      { id: 3, piece: "ab", start: 6, end: 8, unknown: false },
      { id: 0, piece: "<unk>z", start: 8, end: 14, unknown: true },
    ]);
  });

  it("says what it needs for unknown characters", () => {
    expect(() => unigram({ vocab: [["a", 0]] }).tokenize(["b"])).toThrow("bad tokenizer: no unknown token for b");
  });
});
