import { asJson, build, type Json } from "../json";
import { bpe } from "./bpe";
import type { Model } from "./model";
import { unigram } from "./unigram";
import { wordLevel, wordPiece } from "./word-piece";

const models: Readonly<Record<string, (json: Json) => Model>> = {
  BPE: bpe,
  Unigram: unigram,
  WordLevel: wordLevel,
  WordPiece: wordPiece,
};

/**
 * The `model` of tokenizer.json. Older files don't say which it is; then its entries tell.
 * @throws `unknown tokenizer: ...` for a type that isn't known
 */
export function readModel(value: unknown): Model {
  const json = asJson(value, "model");
  return build("model", models, json.type === undefined ? { ...json, type: guess(json) } : json);
}

function guess(json: Json): string {
  if (Array.isArray(json.vocab)) return "Unigram";
  if ("merges" in json) return "BPE";
  return "continuing_subword_prefix" in json || "max_input_chars_per_word" in json ? "WordPiece" : "WordLevel";
}
