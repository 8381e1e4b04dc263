import { isJson, type Json } from "./json";
import { createTokenizer, type Tokenizer } from "./tokenizer";
import { tokenizerFromVocabulary } from "./vocabulary-files";

/** The files that a tokenizer may be in; a model folder has some of them. */
export const tokenizerFiles = [
  "tokenizer.json",
  "tokenizer_config.json",
  "special_tokens_map.json",
  "added_tokens.json",
  "vocab.txt",
  "vocab.json",
  "merges.txt",
] as const;

export type TokenizerFile = (typeof tokenizerFiles)[number];

/**
 * The tokenizer of a model folder, from the texts of those files that it has: tokenizer.json or, without it, the
 * vocabulary files of BERT's and GPT-2's relatives.
 * @throws `no tokenizer: ...` where neither is there; `bad tokenizer: ...` for a file that isn't JSON; and as createTokenizer
 */
export function loadTokenizer(files: Partial<Readonly<Record<TokenizerFile, string>>>): Tokenizer {
  const parse = (name: TokenizerFile): unknown => {
    const text = files[name];
    if (text === undefined) return null;
    try {
      return JSON.parse(text);
    } catch (cause) {
      throw new Error(`bad tokenizer: ${name} is not JSON`, { cause });
    }
  };
  const objects = (name: TokenizerFile): Json => {
    const value = parse(name);
    return isJson(value) ? value : {};
  };
  const config: Json = { ...objects("special_tokens_map.json"), ...objects("tokenizer_config.json") };
  const json = parse("tokenizer.json");
  if (json !== null) return createTokenizer(json, config);
  const made = tokenizerFromVocabulary({
    config,
    added: objects("added_tokens.json"),
    words: files["vocab.txt"] ?? null,
    vocabulary: parse("vocab.json"),
    merges: files["merges.txt"] ?? null,
  });
  return createTokenizer(made.tokenizer, made.config);
}
