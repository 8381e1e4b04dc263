import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createTokenizer } from "./tokenizer";
import { mergeWords } from "./words";

const read = (model: string) =>
  createTokenizer(
    JSON.parse(
      readFileSync(new URL(`../../e2e/fixtures/conformance/${model}/tokenizer.json`, import.meta.url), "utf8"),
    ),
    null,
  );
const models = {
  bert: read("bert-seqcls"),
  gpt2: read("gpt2"),
  llama: read("llama"),
  t5: read("t5"),
  opt: read("opt"),
};
const words = (model: keyof typeof models, text: string) =>
  mergeWords(models[model].encode(text, undefined, { special: false })).map((word) => word.text);

describe("mergeWords", () => {
  it.each(["bert", "gpt2", "llama", "t5", "opt"] as const)("%s: subwords make words again", (model) => {
    expect(words(model, "the movie was unbelievably low")).toEqual(["the", "movie", "was", "unbelievably", "low"]);
  });

  it.each(["bert", "gpt2", "llama", "opt"] as const)("%s: punctuation is apart from words", (model) => {
    const encoding = models[model].encode("a great movie, (low)", undefined, { special: false });
    const merged = mergeWords(encoding, ["a great movie, (low)"]).map((word) => word.text);
    expect(merged).toEqual(["a", "great", "movie", ",", "(", "low", ")"]);
  });

  it("keeps an apostrophe inside a word where the pre-tokenizer does", () => {
    expect(words("llama", "don't go")).toEqual(["don't", "go"]);
    expect(words("llama", "'go' don’t")).toEqual(["'", "go", "'", "don’t"]);
    expect(words("gpt2", "don't go")).toEqual(["don", "'t", "go"]);
  });

  it("makes one word of the bytes of a character", () => {
    expect(words("gpt2", "東京 👩‍👩‍👧")).toEqual(["東京", "👩‍👩‍👧"]);
    expect(words("llama", "é 東")).toEqual(["é", "東"]);
    expect(words("llama", "a👩‍👩")).toContain("👩‍👩");
  });

  it("parts words at line breaks, and spaces from what is before them", () => {
    expect(words("llama", "a\nb  c")).toEqual(["a", "\n", "b", " ", "c"]);
    expect(words("gpt2", "a\nb")).toEqual(["a", "\n", "b"]);
  });

  it("reads as typed where the text is given, unknown words too", () => {
    const text = "Café ⸘ UPPER";
    const encoding = models.bert.encode(text);
    expect(mergeWords(encoding).map((word) => word.text)).toEqual(["[CLS]", "cafe", "[UNK]", "[UNK]", "[SEP]"]);
    expect(mergeWords(encoding, [text]).map((word) => word.text)).toEqual(["[CLS]", "Café", "⸘", "UPPER", "[SEP]"]);
  });

  it("counts over both texts and covers every token once", () => {
    const encoding = models.bert.encode("unbelievably low", "the movie");
    const merged = mergeWords(encoding, ["unbelievably low", "the movie"]);
    expect(merged.map((word) => word.text)).toEqual(["[CLS]", "unbelievably", "low", "[SEP]", "the", "movie", "[SEP]"]);
    expect(merged.flatMap((word) => word.tokens)).toEqual(encoding.ids.map((_, i) => i));
    expect(merged.map((word) => word.special)).toEqual([true, false, false, true, false, false, true]);
    const known = encoding.words.filter((word) => word !== null);
    expect([...new Set(known)]).toEqual([0, 1, 2, 3]);
  });
});
