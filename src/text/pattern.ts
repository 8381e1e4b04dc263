import { SplitPreTokenizer } from "@huggingface/tokenizers";
import type { Span } from "./aligned-text";
import { asJson, maybeString } from "./json";

/** Finds spans in a text that is given by its characters, in order and without overlap. */
export type Pattern = (chars: readonly string[]) => readonly Span[];

/** Each character that passes the test is a span. */
export function characterPattern(test: (char: string) => boolean): Pattern {
  return (chars) => chars.flatMap((char, i): Span[] => (test(char) ? [[i, i + 1]] : []));
}

/** The matches of a regular expression with the flags `g` and `u`. */
export function regexPattern(regex: RegExp): Pattern {
  return (chars) => {
    const text = chars.join("");
    const index = text.length === chars.length ? (unit: number) => unit : indexOfUnits(chars, text.length);
    const spans: Span[] = [];
    let end = -1;
    for (const match of text.matchAll(regex)) {
      // Oniguruma doesn't take an empty match where the match before it ended.
      if (match[0] === "" && match.index === end) continue;
      end = match.index + match[0].length;
      spans.push([index(match.index), index(end)]);
    }
    return spans;
  };
}

function indexOfUnits(chars: readonly string[], length: number): (unit: number) => number {
  const indices = new Uint32Array(length + 1);
  let unit = 0;
  chars.forEach((char, i) => {
    indices[unit] = i;
    unit += char.length;
  });
  indices[length] = chars.length;
  return (at) => indices[at]!;
}

/** The literal occurrences of a string. */
export function literalPattern(literal: string): Pattern {
  return regexPattern(new RegExp(literal.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"), "gu"));
}

/**
 * A pattern of tokenizer.json: `{"String": ...}` or `{"Regex": ...}` in Oniguruma's syntax.
 * @throws `unsupported pattern: ...` for a regular expression that has no equal in JavaScript.
 */
export function readPattern(value: unknown): Pattern {
  const json = asJson(value, "pattern");
  const literal = maybeString(json, "String");
  if (literal !== null) return literalPattern(literal);
  const regex = maybeString(json, "Regex");
  if (regex === null) throw new Error(`bad tokenizer: pattern ${JSON.stringify(value)}`);
  return regexPattern(compile(regex));
}

/** Two letters of other alphabets are ASCII letters in another case (ſ, K); the translation folds ASCII alone. */
function foldBeyondAscii(group: string): string {
  const others = (text: string) => text.replace(/s/i, "$&\u017f").replace(/k/i, "$&\u212a");
  return group.replace(/\[(?:\\.|[^\]])*\]|\\.|[sk]/gi, (part) => {
    if (part.startsWith("\\")) return part;
    return part.startsWith("[") ? others(part) : `[${others(part)}]`;
  });
}

function compile(source: string): RegExp {
  let regex: RegExp | null = null;
  try {
    const pattern = { Regex: source.replace(/\(\?i:[^()]*\)/g, foldBeyondAscii) };
    regex = new SplitPreTokenizer({ type: "Split", pattern, behavior: "Isolated", invert: false }).pattern;
  } catch (cause) {
    throw new Error(`unsupported pattern: ${source}`, { cause });
  }
  if (!regex) throw new Error(`unsupported pattern: ${source}`);
  return regex;
}
