import { type Json, maybeString } from "../json";
import { utf8Length } from "../unicode";
import type { Model, Piece } from "./model";
import { readVocabulary, unknownId } from "./vocabulary";

/** BERT's greedy longest match from the left; a word with any part that isn't in the vocabulary is one unknown token. */
export function wordPiece(json: Json): Model {
  const vocabulary = readVocabulary(json);
  const unknown = maybeString(json, "unk_token") ?? "[UNK]";
  const prefix = maybeString(json, "continuing_subword_prefix") ?? "##";
  const longest = typeof json.max_input_chars_per_word === "number" ? json.max_input_chars_per_word : 100;

  const match = (chars: readonly string[]): Piece[] | null => {
    const pieces: Piece[] = [];
    let from = 0;
    let start = 0;
    while (from < chars.length) {
      let to = chars.length;
      let piece = "";
      let id: number | undefined;
      for (; to > from; to--) {
        piece = (from > 0 ? prefix : "") + chars.slice(from, to).join("");
        id = vocabulary.get(piece);
        if (id !== undefined) break;
      }
      if (id === undefined) return null;
      const end = start + byteLength(chars.slice(from, to));
      pieces.push({ id, piece, start, end });
      start = end;
      from = to;
    }
    return pieces;
  };

  return {
    vocabulary,
    unknown,
    tokenize(chars) {
      const pieces = chars.length > longest ? null : match(chars);
      if (pieces) return pieces;
      return [{ id: unknownId(vocabulary, unknown), piece: unknown, start: 0, end: byteLength(chars), unknown: true }];
    },
  };
}

/** A vocabulary of whole words. */
export function wordLevel(json: Json): Model {
  const vocabulary = readVocabulary(json);
  const unknown = maybeString(json, "unk_token") ?? "<unk>";
  return {
    vocabulary,
    unknown,
    tokenize(chars) {
      const word = chars.join("");
      const id = vocabulary.get(word);
      const end = byteLength(chars);
      if (id !== undefined) return [{ id, piece: word, start: 0, end }];
      return [{ id: unknownId(vocabulary, unknown), piece: unknown, start: 0, end, unknown: true }];
    },
  };
}

const byteLength = (chars: readonly string[]): number => chars.reduce((sum, char) => sum + utf8Length(char), 0);
