import { fallbackByte, readBytes } from "./byte-alphabet";
import type { Encoding } from "./encoding";
import { isWhitespace, utf8Decode, utf8Encode } from "./unicode";

/** A token as the model made it: which cut of the pre-tokenizer it is from, and its characters [start, end). */
export interface Cut {
  readonly split: number;
  readonly start: number;
  readonly end: number;
}

/**
 * Which tokens begin a word. A word never crosses a cut of the pre-tokenizer. Inside one (SentencePiece models cut only
 * at spaces or not at all) a word ends before space, after a line break, and where letters and punctuation meet; an
 * apostrophe between letters doesn't end it. Tokens that share a character are never parted.
 */
export function wordStarts(cuts: readonly Cut[], chars: readonly string[]): boolean[] {
  return cuts.map(({ split, start, end }, i) => {
    const before = cuts[i - 1];
    if (!before || before.split !== split) return true;
    if (start < before.end || start >= end) return false;
    if (isWhitespace(chars[start]!)) return true;
    const last = chars[start - 1]!;
    if (isWhitespace(last)) return last !== " ";
    if (isLetter(last) === isLetter(chars[start]!)) return false;
    const joins = (at: number) => isApostrophe(chars[at]) && isLetter(chars[at - 1]) && isLetter(chars[at + 1]);
    return !(joins(start) || joins(start - 1));
  });
}

const isLetter = (char: string | undefined): boolean => char !== undefined && /^[\p{L}\p{M}\p{N}]$/u.test(char);
const isApostrophe = (char: string | undefined): boolean => char === "'" || char === "\u2019";

/** Tokens that are shown as one. */
export interface Word {
  /** Indices into the encoding, ascending and without gaps. */
  readonly tokens: readonly number[];
  /** As a person reads it, without space around it where there is anything else. */
  readonly text: string;
  readonly special: boolean;
}

/**
 * The words of an encoding, special tokens each by itself, in order.
 * `texts` are what was encoded; with them a word reads as it was typed, otherwise as its pieces spell it.
 */
export function mergeWords(encoding: Encoding, texts: readonly string[] = []): Word[] {
  const groups: number[][] = [];
  encoding.words.forEach((word, i) => {
    const group = groups.at(-1);
    if (word !== null && group && encoding.words[group[0]!] === word) group.push(i);
    else groups.push([i]);
  });
  return groups.map((tokens) => ({
    tokens,
    text: tidy(typed(encoding, tokens, texts) ?? joinTokens(encoding, tokens)),
    special: encoding.special[tokens[0]!]!,
  }));
}

const tidy = (text: string): string => text.trim() || text;

function typed(encoding: Encoding, tokens: readonly number[], texts: readonly string[]): string | null {
  const text = texts[encoding.segments[tokens[0]!]!];
  const offsets = tokens.flatMap((i): readonly number[] => encoding.offsets[i] ?? []);
  if (text === undefined || offsets.length === 0 || encoding.special[tokens[0]!]) return null;
  return text.slice(Math.min(...offsets), Math.max(...offsets)) || null;
}

function joinTokens(encoding: Encoding, tokens: readonly number[]): string {
  const bytes = tokens.flatMap((i, at) => {
    const token = encoding.tokens[i]!;
    const piece = encoding.pieces[i]!;
    const fallback = fallbackByte(piece);
    if (fallback !== null) return [fallback];
    // A character that several tokens share shows as escapes in each; its bytes make it whole.
    if (/\\x[0-9A-F]{2}/.test(token)) return readBytes(piece) ?? utf8Encode(token);
    return utf8Encode(at > 0 && token.startsWith("##") ? token.slice(2) : token);
  });
  return utf8Decode(bytes);
}
