import { describe, expect, it } from "vitest";
import { encodeIds } from "./ids";
import { createTokenizer } from "./tokenizer";

const tokenizer = createTokenizer(
  {
    added_tokens: [{ id: 1, content: "[CLS]", special: true }],
    model: { type: "WordPiece", unk_token: "[UNK]", vocab: { "[UNK]": 0, "[CLS]": 1, low: 2, "##er": 3 } },
  },
  { cls_token: "[CLS]" },
);

describe("encodeIds", () => {
  it("reads ids however they are apart", () => {
    expect(encodeIds("101 2023, 2003;7\n8").ids).toEqual([101, 2023, 2003, 7, 8]);
    expect(encodeIds(" [1, 2]").ids).toEqual([1, 2]);
    expect(encodeIds("0").ids).toEqual([0]);
  });

  it("gives an encoding whose tokens are the ids as typed", () => {
    const typed = "[101, 007]";
    const encoding = encodeIds(typed);
    expect(encoding.tokens).toEqual(["101", "7"]);
    expect(encoding.offsets.map((offset) => typed.slice(...offset!))).toEqual(["101", "007"]);
    expect(encoding).toMatchObject({ mask: [1, 1], segments: [0, 0], special: [false, false], words: [0, 1] });
  });

  it("reads as in the vocabulary where there is one", () => {
    expect(encodeIds("1 2 3 0", tokenizer)).toMatchObject({
      tokens: ["[CLS]", "low", "##er", "[UNK]"],
      special: [true, false, false, false],
      words: [null, 0, 1, 2],
    });
  });

  it.each([
    ["", "no token ids"],
    [" , ;[]", "no token ids"],
    ["1 2x 3", "bad token id: 2x"],
    ["-1", "bad token id: -1"],
    ["1.5", "bad token id: 1.5"],
    ["99999999999999999999", "token id out of range: 99999999999999999999"],
  ])("refuses %j", (typed, message) => {
    expect(() => encodeIds(typed)).toThrow(message);
  });

  it("refuses ids beyond the vocabulary", () => {
    expect(() => encodeIds("4", tokenizer)).toThrow("token id out of range: 4; the model has 4 ids");
    expect(encodeIds("4", tokenizer, 10).tokens).toEqual(["#4"]);
    expect(() => encodeIds("10", null, 10)).toThrow("token id out of range: 10; the model has 10 ids");
  });
});
