import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createTokenizer } from "./tokenizer";

const read = (model: string) => {
  const file = (name: string) =>
    JSON.parse(readFileSync(new URL(`../../e2e/fixtures/conformance/${model}/${name}`, import.meta.url), "utf8"));
  return createTokenizer(file("tokenizer.json"), file("tokenizer_config.json"));
};
const bert = read("bert-seqcls");
const gpt2 = read("gpt2");
const llama = read("llama");
const roberta = read("roberta-seqcls");
const t5 = read("t5");
const slices = (text: string, offsets: readonly (readonly [number, number] | null)[]) =>
  offsets.map((offset) => offset && text.slice(...offset));

describe("encode", () => {
  it("gives offsets in UTF-16 code units", () => {
    const text = "🙂 naïve cafe\u0301";
    const { offsets } = bert.encode(text);
    expect(slices(text, offsets)).toEqual([null, "🙂", "n", "a", "ï", "v", "e", "c", "a", "f", "e", null]);
    const bytes = gpt2.encode("a🙂b");
    expect(bytes.offsets).toEqual([[0, 1], ...new Array(4).fill([1, 3]), [3, 4]]);
  });

  it("gives half a surrogate pair as U+FFFD and keeps count", () => {
    const encoding = gpt2.encode("a\ud83db");
    expect(gpt2.decode(encoding.ids)).toBe("a\ufffdb");
    expect(encoding.offsets).toEqual([
      [0, 1],
      [1, 2],
      [1, 2],
      [1, 2],
      [2, 3],
    ]);
  });

  it.each(["", " ", "\n\n", "\0", "\u200b"])("takes %j", (text) => {
    for (const tokenizer of [bert, gpt2, llama, roberta, t5]) {
      const encoding = tokenizer.encode(text, text);
      const lengths = Object.values(encoding).map((list) => list.length);
      expect(new Set(lengths).size).toBe(1);
      expect(tokenizer.encode(text, undefined, { special: false }).special).not.toContain(true);
    }
  });

  it("marks special tokens and leaves them out of words", () => {
    const encoding = bert.encode("the [MASK] was unbelievably", "it");
    expect(encoding.pieces.filter((_, i) => encoding.special[i])).toEqual(["[CLS]", "[MASK]", "[SEP]", "[SEP]"]);
    expect(encoding.words.filter((_, i) => encoding.special[i])).toEqual([null, null, null, null]);
    expect(encoding.offsets[encoding.pieces.indexOf("[MASK]")]).toEqual([4, 10]);
  });

  it("doesn't take an unknown word for a special token", () => {
    const encoding = bert.encode("the ⸘");
    expect(encoding.pieces).toEqual(["[CLS]", "the", "[UNK]", "[SEP]"]);
    expect(encoding.special).toEqual([true, false, false, true]);
    expect(encoding.words).toEqual([null, 0, 1, null]);
  });

  it("tells the texts of a pair apart whatever the model's types are", () => {
    const first = bert.encode("the plot", "a story!");
    expect(first.segments).toEqual([0, 0, 0, 0, 1, 1, 1, 1]);
    expect(first.typeIds).toBeUndefined();
    const second = roberta.encode("the plot", "a story!");
    expect(second.segments).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 1]);
    expect(second.typeIds).toEqual(new Array(9).fill(0));
    expect(t5.encode("the plot", "a story!").segments).toEqual([0, 0, 0, 1, 1, 1, 1, 1]);
  });

  it("ignores truncation and padding", () => {
    const json = {
      truncation: { max_length: 2, strategy: "LongestFirst", stride: 0, direction: "Right" },
      padding: { strategy: { Fixed: 9 }, pad_id: 0, pad_token: "[PAD]", pad_type_id: 0, direction: "Right" },
      pre_tokenizer: { type: "Whitespace" },
      model: { type: "WordLevel", unk_token: "?", vocab: { "?": 0, a: 1, b: 2 } },
    };
    expect(createTokenizer(json, null).encode("a b c").ids).toEqual([1, 2, 0]);
  });
});

describe("tokens as a person reads them", () => {
  it("decodes bytes, shows parts of a character as escapes", () => {
    expect(gpt2.encode(" the café").tokens).toEqual([" the", " c", "a", "f", "\\xC3", "\\xA9"]);
    expect(gpt2.encode("\n").tokens).toEqual(["\n"]);
  });

  it("shows spaces and fallback bytes of SentencePiece", () => {
    expect(llama.encode("the é\n").tokens).toEqual(["<s>", " the", " ", "\\xC3", "\\xA9", "\n"]);
    expect(t5.encode("the plot").tokens).toEqual([" the", " plot", "</s>"]);
  });

  it("keeps the marks of word pieces and shows what the model sees of unknown text", () => {
    expect(bert.encode("café").tokens).toEqual(["[CLS]", "c", "##a", "##f", "##e", "[SEP]"]);
    expect(t5.encode("é").tokens).toEqual([" ", "<unk>", "</s>"]);
    expect(roberta.encode("a <mask>").tokens).toEqual(["<s>", "a", "<mask>", "</s>"]);
  });

  it("names ids that the vocabulary hasn't by number", () => {
    expect(gpt2.token(99999)).toBe("#99999");
    expect(gpt2.piece(99999)).toBeNull();
    expect(gpt2.decode([99999])).toBe("");
  });
});

describe("the vocabulary", () => {
  it("knows tokens by role", () => {
    expect(bert.special).toEqual({ pad: 0, unk: 1, cls: 2, sep: 3, mask: 4, bos: null, eos: null });
    expect(gpt2.special).toEqual({ pad: null, unk: 0, cls: null, sep: null, mask: null, bos: 0, eos: 0 });
    expect(roberta.special).toMatchObject({ bos: 0, cls: 0, pad: 1, sep: 2, eos: 2, unk: 3, mask: 4 });
  });

  it("tells special ids", () => {
    expect([0, 1, 2, 3, 4, 5].map((id) => bert.isSpecial(id))).toEqual([true, false, true, true, true, false]);
    expect(gpt2.isSpecial(0)).toBe(true);
  });

  it("has a size, a greatest length, and ids", () => {
    expect(bert.vocabSize).toBe(307);
    expect(bert.maxLength).toBe(64);
    expect(bert.id("[MASK]")).toBe(4);
    expect(bert.id("not there")).toBeNull();
    const json = { model: { type: "WordLevel", vocab: { "<unk>": 0 } } };
    expect(createTokenizer(json, { model_max_length: 1e30 }).maxLength).toBeNull();
  });

  it("leaves special tokens out of decoded text on demand", () => {
    const { ids } = bert.encode("the plot");
    expect(bert.decode(ids)).toBe("[CLS] the plot [SEP]");
    expect(bert.decode(ids, { skipSpecial: true })).toBe("the plot");
  });
});

describe("errors", () => {
  const model = { type: "WordLevel", vocab: { a: 0 } };
  it.each([
    [null, "bad tokenizer: tokenizer.json is not an object"],
    [{ model: { type: "Markov" } }, "unknown tokenizer: model Markov"],
    [{ model, normalizer: { type: "Rot13" } }, "unknown tokenizer: normalizer Rot13"],
    [{ model, pre_tokenizer: { type: "toString" } }, "unknown tokenizer: pre_tokenizer toString"],
    [{ model, post_processor: { type: "Nope" } }, "unknown tokenizer: post_processor Nope"],
    [{ model, decoder: { type: "Nope" } }, "unknown tokenizer: decoder Nope"],
    [{ model, pre_tokenizer: { type: "Split", pattern: { Regex: "(?~x)(" } } }, "unsupported pattern: (?~x)("],
    [{ model: { type: "BPE", vocab: { a: 0 }, merges: ["a b"] } }, 'bad tokenizer: merge "a b"'],
    [{ model: { type: "BPE", vocab: { a: 0 }, merges: ["a"] } }, 'bad tokenizer: merge "a"'],
    [{ model: { type: "Unigram", vocab: ["a"] } }, 'bad tokenizer: vocabulary entry "a"'],
    [
      { model, normalizer: { type: "Precompiled", precompiled_charsmap: "AAAA" } },
      "bad tokenizer: precompiled_charsmap",
    ],
  ])("%j", (json, message) => {
    expect(() => createTokenizer(json, null)).toThrow(message);
  });

  it("names the unknown token that a vocabulary lacks", () => {
    const tokenizer = createTokenizer({ model }, null);
    expect(() => tokenizer.encode("b")).toThrow("bad tokenizer: unknown token <unk> is not in the vocabulary");
  });
});
