import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { checkTokenizer } from "./conformance";
import { loadTokenizer, type TokenizerFile, tokenizerFiles } from "./load";

const folder = (model: string) => fileURLToPath(new URL(`../../e2e/fixtures/conformance/${model}`, import.meta.url));

function filesOf(model: string, ...without: TokenizerFile[]): Partial<Record<TokenizerFile, string>> {
  const there = tokenizerFiles.filter((file) => !without.includes(file) && existsSync(`${folder(model)}/${file}`));
  return Object.fromEntries(there.map((file) => [file, readFileSync(`${folder(model)}/${file}`, "utf8")]));
}

describe("loadTokenizer", () => {
  it.each(["bert-seqcls", "distilbert-seqcls", "gpt2", "roberta-seqcls"])("%s without tokenizer.json", (model) => {
    const tests = JSON.parse(readFileSync(`${folder(model)}/tokenizer_tests.json`, "utf8"));
    for (const without of [
      [],
      ["tokenizer_config.json"],
      ["tokenizer_config.json", "special_tokens_map.json"],
    ] as const) {
      const files = filesOf(model, "tokenizer.json", ...without);
      expect(Object.keys(files).some((file) => file.startsWith("vocab."))).toBe(true);
      const tokenizer = loadTokenizer(files);
      expect(checkTokenizer(tokenizer, tests).filter(({ pass }) => !pass)).toEqual([]);
      expect(tokenizer.special.unk).not.toBeNull();
    }
  });

  it("reads roles from special_tokens_map.json too", () => {
    const { special } = loadTokenizer(filesOf("bert-seqcls", "tokenizer_config.json"));
    expect(special).toMatchObject({ cls: 2, sep: 3, mask: 4 });
  });

  it("obeys the configuration of a BERT", () => {
    const files = { "vocab.txt": "[UNK]\n[CLS]\n[SEP]\na\nÄ\n東京\n[X]\n", "tokenizer_config.json": "" };
    const encode = (config: object, text: string) =>
      loadTokenizer({ ...files, "tokenizer_config.json": JSON.stringify(config) })
        .encode(text)
        .ids.slice(1, -1);
    expect(encode({}, "Ä 東京")).toEqual([3, 0, 0]);
    expect(encode({ do_lower_case: false, tokenize_chinese_chars: false }, "Ä 東京")).toEqual([4, 5]);
    expect(encode({ additional_special_tokens: ["[X]"] }, "a[X]")).toEqual([3, 6]);
    expect(encode({}, "a[X]")).toEqual([3, 0, 0, 0]);
  });

  it("adds the tokens of added_tokens.json after the vocabulary", () => {
    const files = { "vocab.txt": "[UNK]\n[CLS]\n[SEP]\na", "added_tokens.json": '{"<two>": 5, "<one>": 4}' };
    expect(loadTokenizer(files).encode("a<one> <two>").ids).toEqual([1, 3, 4, 5, 2]);
  });

  it("puts GPT-2's first token where the configuration asks for it", () => {
    const config = JSON.stringify({ tokenizer_class: "GPT2Tokenizer", add_bos_token: true });
    const tokenizer = loadTokenizer({ ...filesOf("gpt2", "tokenizer.json"), "tokenizer_config.json": config });
    expect(tokenizer.encode("the").pieces).toEqual(["<|endoftext|>", "the"]);
  });

  it.each([
    [{}, "no tokenizer: the model needs tokenizer.json, or vocab.txt, or vocab.json with merges.txt"],
    [{ "vocab.json": "{}" }, "no tokenizer"],
    [{ "tokenizer.json": "<html>" }, "bad tokenizer: tokenizer.json is not JSON"],
    [
      { "vocab.txt": "a", "tokenizer_config.json": '{"tokenizer_class": "FunnelTokenizer"}' },
      "unknown tokenizer: Funnel",
    ],
    [{ "vocab.txt": "a" }, "bad tokenizer: [CLS] is not in the vocabulary"],
  ])("refuses %j", (files, message) => {
    expect(() => loadTokenizer(files)).toThrow(message);
  });
});
