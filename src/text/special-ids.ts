import type { AddedToken } from "./added-tokens";
import { isJson, type Json } from "./json";

/** Ids of the tokens that have a role, null where the vocabulary has none. */
export interface SpecialIds {
  readonly mask: number | null;
  readonly pad: number | null;
  readonly unk: number | null;
  readonly cls: number | null;
  readonly sep: number | null;
  readonly bos: number | null;
  readonly eos: number | null;
}

/** The usual spellings, for files that don't say which token has which role. */
const usual: Readonly<Record<keyof SpecialIds, readonly string[]>> = {
  mask: ["[MASK]", "<mask>"],
  pad: ["[PAD]", "<pad>"],
  unk: ["[UNK]", "<unk>"],
  cls: ["[CLS]"],
  sep: ["[SEP]"],
  bos: ["<s>", "<bos>", "<|begin_of_text|>"],
  eos: ["</s>", "<eos>", "<|end_of_text|>", "<|endoftext|>"],
};

/** Reads `mask_token` and the like of tokenizer_config.json, else the model's own unknown token and usual spellings. */
export function specialIds(
  config: Json,
  added: readonly AddedToken[],
  unknown: string | null,
  idOf: (piece: string) => number | null,
): SpecialIds {
  const find = (role: keyof SpecialIds): number | null => {
    const value = config[`${role}_token`];
    if (value === null) return null;
    const content = contentOf(value) ?? (role === "unk" ? unknown : null);
    if (content !== null) return idOf(content);
    return added.find((token) => token.special && usual[role].includes(token.content))?.id ?? null;
  };
  return {
    mask: find("mask"),
    pad: find("pad"),
    unk: find("unk"),
    cls: find("cls"),
    sep: find("sep"),
    bos: find("bos"),
    eos: find("eos"),
  };
}

/** The text of a token in tokenizer_config.json: a string or an object with `content`. */
export function contentOf(value: unknown): string | null {
  if (typeof value === "string") return value;
  return isJson(value) && typeof value.content === "string" ? value.content : null;
}
