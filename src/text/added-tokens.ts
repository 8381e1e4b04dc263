import type { AlignedText } from "./aligned-text";
import { asJson, flagOf, type Json, listOf, stringOf } from "./json";
import { isWhitespace, isWordCharacter } from "./unicode";

/** A token that is found in the text before the model sees it. */
export interface AddedToken {
  readonly id: number;
  readonly content: string;
  /** Part of the model's protocol, such as `[MASK]`, not of the text. */
  readonly special: boolean;
  /** Looked for after normalisation, in its own normalised spelling. */
  readonly normalized: boolean;
  /** Takes the space before it, or after it, into itself. */
  readonly lstrip: boolean;
  readonly rstrip: boolean;
  /** Not found inside a word. */
  readonly singleWord: boolean;
}

/**
 * The `added_tokens` of tokenizer.json. A token that the model has keeps the model's id; others count on from the
 * vocabulary's size, as in the reference.
 */
export function readAddedTokens(tokenizer: Json, vocabulary: ReadonlyMap<string, number>): AddedToken[] {
  const tokens = new Map<number, AddedToken>();
  const ids = new Map<string, number>();
  let next = vocabulary.size;
  for (const entry of tokenizer.added_tokens === undefined ? [] : listOf(tokenizer, "added_tokens")) {
    const json = asJson(entry, "added token");
    const content = stringOf(json, "content");
    if (content === "") continue;
    const special = flagOf(json, "special");
    const id = ids.get(content) ?? vocabulary.get(content) ?? next++;
    ids.set(content, id);
    tokens.set(id, {
      id,
      content,
      special,
      normalized: flagOf(json, "normalized", !special),
      lstrip: flagOf(json, "lstrip"),
      rstrip: flagOf(json, "rstrip"),
      singleWord: flagOf(json, "single_word"),
    });
  }
  return [...tokens.values()];
}

/** A part of a text: an added token, or what the model has to see. */
export interface Found {
  readonly text: AlignedText;
  readonly token: AddedToken | null;
}

/** Finds tokens by their spellings: the leftmost first, of those that begin in one place the longest. */
export class TokenFinder {
  private readonly byFirst = new Map<string, { spelling: readonly string[]; token: AddedToken }[]>();

  constructor(tokens: Iterable<readonly [spelling: string, token: AddedToken]>) {
    for (const [text, token] of tokens) {
      const spelling = Array.from(text);
      const first = spelling[0];
      if (first === undefined) continue;
      const entries = this.byFirst.get(first) ?? [];
      entries.push({ spelling, token });
      entries.sort((a, b) => b.spelling.length - a.spelling.length);
      this.byFirst.set(first, entries);
    }
  }

  /** Covers the text; no part is empty. */
  split(text: AlignedText): Found[] {
    const { chars } = text;
    const parts: Found[] = [];
    let taken = 0;
    const give = (from: number, to: number, token: AddedToken | null) => {
      if (from < to) parts.push({ text: text.slice(from, to), token });
    };
    for (let at = 0; at < chars.length; ) {
      const match = this.byFirst
        .get(chars[at]!)
        ?.find(({ spelling }) => spelling.every((char, i) => chars[at + i] === char));
      if (!match) {
        at++;
        continue;
      }
      const { token } = match;
      let [from, to] = [at, at + match.spelling.length];
      at = to;
      if (token.singleWord && (isWord(chars[from - 1]) || isWord(chars[to]))) continue;
      if (token.lstrip) while (from > taken && isWhitespace(chars[from - 1]!)) from--;
      if (token.rstrip) while (to < chars.length && isWhitespace(chars[to]!)) to++;
      give(taken, from, null);
      give(from, to, token);
      taken = to;
    }
    give(taken, chars.length, null);
    return parts;
  }
}

const isWord = (char: string | undefined): boolean => char !== undefined && isWordCharacter(char);
