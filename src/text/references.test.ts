import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { codePointOffsets } from "./conformance";
import type { Json } from "./json";
import { createTokenizer } from "./tokenizer";

type Result<Last> = [index: number, ids: number[], offsets: number[], pieces: Record<string, string>, last: Last];

/** What Hugging Face tokenizers 0.23.3 gives, written by fixtures/make.py. */
interface References {
  texts: string[];
  pairs: [string, string][];
  models: Record<string, Json>;
  cases: {
    name: string;
    tokenizer: Json & { model: Json & { of: string }; added_tokens: { id: number; content: string }[] };
    single: Result<string>[];
    pair: Result<number[]>[];
  }[];
}

const references: References = JSON.parse(readFileSync(new URL("fixtures/references.json", import.meta.url), "utf8"));

describe.each(references.cases)("$name", ({ tokenizer: spec, single, pair }) => {
  const { of, ...options } = spec.model;
  const tokenizer = createTokenizer({ ...spec, model: { ...references.models[of], ...options } }, null);
  const vocabulary = spellings(references.models[of]!.vocab, spec.added_tokens);

  it.each(single)("text %i", (index, ids, offsets, pieces, decoded) => {
    const text = references.texts[index]!;
    const encoding = tokenizer.encode(text);
    expect(encoding.ids).toEqual(ids);
    expect(encoding.pieces).toEqual(ids.map((id, i) => pieces[i] ?? vocabulary[id]));
    expect(codePointOffsets(encoding, [text]).flat()).toEqual(offsets);
    expect(tokenizer.decode(ids)).toBe(decoded);
  });

  it.each(pair)("pair %i", (index, ids, offsets, pieces, types) => {
    const texts = references.pairs[index]!;
    const encoding = tokenizer.encode(...texts);
    expect(encoding.ids).toEqual(ids);
    expect(encoding.pieces).toEqual(ids.map((id, i) => pieces[i] ?? vocabulary[id]));
    expect(codePointOffsets(encoding, texts).flat()).toEqual(offsets);
    expect(encoding.typeIds ?? encoding.segments).toEqual(types);
  });
});

function spellings(vocab: unknown, added: readonly { id: number; content: string }[]): string[] {
  const pieces: string[] = [];
  if (Array.isArray(vocab))
    vocab.forEach(([piece], id) => {
      pieces[id] = piece;
    });
  else for (const [piece, id] of Object.entries(vocab ?? {})) pieces[id] = piece;
  for (const { id, content } of added) pieces[id] = content;
  return pieces;
}
