import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { checkTokenizer, type TokenizerTests } from "./conformance";
import { createTokenizer } from "./tokenizer";

const root = process.env.CONFORMANCE ?? fileURLToPath(new URL("../../e2e/fixtures/conformance", import.meta.url));
const read = (model: string, file: string) => JSON.parse(readFileSync(`${root}/${model}/${file}`, "utf8"));
const models = readdirSync(root).filter((model) => existsSync(`${root}/${model}/tokenizer_tests.json`));

describe("tokenizers of real model folders", () => {
  it("has folders of each kind", () => {
    expect(models).toEqual(expect.arrayContaining(["bert-seqcls", "gpt2", "llama", "opt", "roberta-seqcls", "t5"]));
  });

  it.each(models)("%s gives the reference's ids, tokens, offsets and text", (model) => {
    const tokenizer = createTokenizer(read(model, "tokenizer.json"), read(model, "tokenizer_config.json"));
    const rows = checkTokenizer(tokenizer, read(model, "tokenizer_tests.json"));
    expect(rows.length).toBeGreaterThan(20);
    expect(rows.filter(({ pass }) => !pass)).toEqual([]);
  });
});

describe("checkTokenizer", () => {
  const tokenizer = createTokenizer(read("bert-seqcls", "tokenizer.json"), null);
  const tests: TokenizerTests = read("bert-seqcls", "tokenizer_tests.json");
  const broken = (change: object) =>
    checkTokenizer(tokenizer, { single: [{ ...tests.single[0]!, ...change }], pair: [] });

  it.each([
    { ids: [2, 3] },
    { tokens: ["[CLS]", "[SEP]"] },
    { offsets: [[0, 1]] },
    { ids_no_special: [1] },
    { decoded: "something else" },
    { type_ids: [1] },
  ])("finds %o", (change) => {
    const [row] = broken(change);
    expect(row).toMatchObject({ quantity: "tokens", pass: false });
    expect(row!.error).toContain(`${Object.keys(change)[0]}: expected`);
  });

  it("passes what is right", () => {
    expect(broken({})).toEqual([
      { quantity: "tokens", name: 'single[0] "the movie was great"', pass: true, error: null },
    ]);
  });
});
