import { type AddedToken, readAddedTokens, TokenFinder } from "./added-tokens";
import { AlignedText } from "./aligned-text";
import { assemble } from "./assemble";
import { readDecoder } from "./decoders";
import { display, spellingOf } from "./display";
import type { Encoding } from "./encoding";
import { asJson, isJson, type Json } from "./json";
import { readModel } from "./models";
import { readNormalizer } from "./normalizers";
import { type Row, readPostProcessor } from "./post-processors";
import { readPreTokenizer } from "./pre-tokenizers";
import { type SpecialIds, specialIds } from "./special-ids";
import { wordStarts } from "./words";

export interface Tokenizer {
  /**
   * Tokenises a text or a pair of them, whole: truncation and padding of tokenizer.json are left to the caller.
   * With `special` false nothing is added.
   */
  encode(text: string, pair?: string, options?: { readonly special?: boolean }): Encoding;
  /** Ids back to text. Ids that the vocabulary hasn't are left out. */
  decode(ids: readonly number[], options?: { readonly skipSpecial?: boolean }): string;
  /** A token as a person reads it: bytes decoded, `▁` as a space, part of a character as `\xE2\x80`. */
  token(id: number): string;
  /** A token as the vocabulary spells it, null where it has no such id. */
  piece(id: number): string | null;
  /** The id of a piece, null where there is none. */
  id(piece: string): number | null;
  /** Whether an id is part of the model's protocol, such as `[MASK]`. The unknown token stands for text and isn't. */
  isSpecial(id: number): boolean;
  readonly special: SpecialIds;
  /** One more than the greatest id. */
  readonly vocabSize: number;
  /** How many tokens the model takes, special ones included, where the configuration says so. */
  readonly maxLength: number | null;
}

/**
 * A tokenizer from `tokenizer.json` and `tokenizer_config.json` (null where there is none), parsed. Ids, pieces and
 * offsets are those of Hugging Face tokenizers 0.23.
 * @throws `unknown tokenizer: ...`, `bad tokenizer: ...`, `unsupported pattern: ...`
 */
export function createTokenizer(tokenizerJson: unknown, tokenizerConfig: unknown): Tokenizer {
  const json = asJson(tokenizerJson, "tokenizer.json");
  const config = isJson(tokenizerConfig) ? tokenizerConfig : {};
  const model = readModel(json.model);
  const normalize = readNormalizer(json.normalizer);
  const preTokenize = readPreTokenizer(json.pre_tokenizer);
  const postProcess = readPostProcessor(json.post_processor);
  const decode = readDecoder(json.decoder);
  const spelling = spellingOf(json);

  const addedTokens = readAddedTokens(json, model.vocabulary);
  const addedById = new Map(addedTokens.map((token) => [token.id, token]));
  const normalizedContent = (token: AddedToken) =>
    token.normalized ? normalize(AlignedText.of(token.content)).text : token.content;
  const verbatim = new TokenFinder(addedTokens.filter((t) => !t.normalized).map((t) => [t.content, t]));
  const normalized = new TokenFinder(addedTokens.filter((t) => t.normalized).map((t) => [normalizedContent(t), t]));

  const pieces: string[] = [];
  for (const [piece, id] of model.vocabulary) pieces[id] = piece;
  const idOf = (piece: string): number | null =>
    addedTokens.find(({ content }) => content === piece)?.id ?? model.vocabulary.get(piece) ?? null;
  const pieceOf = (id: number): string | null => addedById.get(id)?.content ?? pieces[id] ?? null;

  const roles = specialIds(config, addedTokens, model.unknown, idOf);
  const standsForText = (id: number) =>
    pieceOf(id) === model.unknown && !Object.entries(roles).some(([role, other]) => role !== "unk" && other === id);

  const token = (id: number): string => {
    const piece = pieceOf(id);
    return piece === null ? `#${id}` : display(piece, addedById.has(id) ? null : spelling);
  };

  const encodeText = (source: string, sequence: 0 | 1): Row[] => {
    const text = AlignedText.of(source);
    const found = verbatim
      .split(text)
      .flatMap((part) => (part.token ? [part] : normalized.split(normalize(part.text))))
      .flatMap((part) => (part.token ? [part] : preTokenize(part.text).map((cut) => ({ text: cut, token: null }))))
      .filter((part) => part.text.chars.length > 0);
    const rows = found.flatMap(({ text: part, token }, split) => {
      if (token)
        return [{ split, id: token.id, piece: part.text, token, start: part.starts[0]!, end: part.ends.at(-1)! }];
      const owner = part.charOfByte();
      return model.tokenize(part.chars).map(({ id, piece, start, end, unknown }) => ({
        split,
        id,
        piece,
        token: unknown ? null : (addedById.get(id) ?? null),
        start: part.starts[owner[start]!]!,
        end: part.ends[owner[end - 1]!]!,
      }));
    });
    const begins = wordStarts(rows, text.chars);
    let word = -1;
    return rows.map(({ id, piece, token, start, end }, i) => {
      if (begins[i]) word++;
      const special = token?.special ?? false;
      return { id, piece, offsets: [start, end], sequence, type: sequence, special, word: special ? null : word };
    });
  };

  return {
    encode(text, pair, options = {}) {
      const texts = pair === undefined ? [text] : [text, pair];
      const rows = postProcess(
        texts.map((one, i) => encodeText(one, i === 0 ? 0 : 1)),
        options.special ?? true,
      );
      return assemble(rows.flat(), texts, (row) => token(row.id));
    },
    decode(ids, options = {}) {
      const kept = ids.flatMap((id) => {
        const token = addedById.get(id);
        if (options.skipSpecial && token?.special) return [];
        const piece = token ? normalizedContent(token) : pieces[id];
        return piece === undefined ? [] : [piece];
      });
      return decode(kept).join("");
    },
    token,
    piece: pieceOf,
    id: idOf,
    isSpecial: (id) => (addedById.get(id)?.special ?? false) && !standsForText(id),
    special: roles,
    vocabSize: Math.max(pieces.length, ...addedTokens.map(({ id }) => id + 1)),
    maxLength: maxLengthOf(config),
  };
}

/** Configurations without a limit hold a number far beyond any model (`VERY_LARGE_INTEGER`). */
function maxLengthOf(config: Json): number | null {
  const length = config.model_max_length;
  return typeof length === "number" && length >= 1 && length < 1e12 ? Math.floor(length) : null;
}
