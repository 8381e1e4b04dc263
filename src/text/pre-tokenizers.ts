import type { AlignedText, Span, SplitBehavior } from "./aligned-text";
import { build, flagOf, type Json, listOf, maybeString, numberOf, stringOf } from "./json";
import { toBytes } from "./normalizers";
import { characterPattern, literalPattern, type Pattern, readPattern, regexPattern } from "./pattern";
import { splitScripts } from "./scripts";
import { isNumeric, isPunctuation, isWhitespace } from "./unicode";

/** Cuts a text, none of whose parts is empty, into the parts that the model sees one by one. */
export type PreTokenizer = (text: AlignedText) => AlignedText[];

const preTokenizers: Readonly<Record<string, (json: Json) => PreTokenizer>> = {
  BertPreTokenizer: () =>
    sequence([
      splitBy(characterPattern(isWhitespace), "Removed"),
      splitBy(characterPattern(isPunctuation), "Isolated"),
    ]),
  ByteLevel: byteLevel,
  CharDelimiterSplit: (json) => splitBy(literalPattern(stringOf(json, "delimiter")), "Removed"),
  Digits: (json) => splitBy(characterPattern(isNumeric), flagOf(json, "individual_digits") ? "Isolated" : "Contiguous"),
  FixedLength: fixedLength,
  Metaspace: metaspace,
  Punctuation: (json) => splitBy(characterPattern(isPunctuation), behaviorOf(json)),
  Sequence: (json) => sequence(listOf(json, "pretokenizers").map(readPreTokenizer)),
  Split: (json) => splitBy(readPattern(json.pattern), behaviorOf(json), flagOf(json, "invert")),
  UnicodeScripts: () => splitScripts,
  Whitespace: () => splitBy(regexPattern(words), "Removed", true),
  WhitespaceSplit: () => splitBy(characterPattern(isWhitespace), "Removed"),
};

const words =
  /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]+|[^\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}\p{White_Space}]+/gu;

/** GPT-2's split (`encoder.py`). */
const gpt2 =
  /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu;

/**
 * The `pre_tokenizer` of tokenizer.json.
 * @throws `unknown tokenizer: ...` for a type that isn't known
 */
export function readPreTokenizer(value: unknown): PreTokenizer {
  return value === null || value === undefined ? (text) => [text] : build("pre_tokenizer", preTokenizers, value);
}

const sequence =
  (steps: readonly PreTokenizer[]): PreTokenizer =>
  (text) =>
    steps.reduce((parts, step) => parts.flatMap((part) => step(part)), [text]);

const splitBy =
  (pattern: Pattern, behavior: SplitBehavior, invert = false): PreTokenizer =>
  (text) =>
    text.split(pattern(text.chars), behavior, invert);

const behaviors: Readonly<Record<string, SplitBehavior>> = {
  removed: "Removed",
  isolated: "Isolated",
  mergedwithprevious: "MergedWithPrevious",
  mergedwithnext: "MergedWithNext",
  contiguous: "Contiguous",
};

function behaviorOf(json: Json): SplitBehavior {
  const name = maybeString(json, "behavior") ?? "Isolated";
  const behavior = behaviors[name.toLowerCase().replaceAll("_", "")];
  if (!behavior) throw new Error(`unknown tokenizer: split behavior ${name}`);
  return behavior;
}

function byteLevel(json: Json): PreTokenizer {
  const prefix = flagOf(json, "add_prefix_space", true);
  const split = flagOf(json, "use_regex", true) ? splitBy(regexPattern(gpt2), "Isolated") : sequence([]);
  return (text) => split(prefix && text.chars[0] !== " " ? text.prepend(" ") : text).map(toBytes);
}

function metaspace(json: Json): PreTokenizer {
  const replacement = maybeString(json, "replacement") ?? "▁";
  const scheme = maybeString(json, "prepend_scheme") ?? (flagOf(json, "add_prefix_space", true) ? "always" : "never");
  const space = literalPattern(" ");
  const split = flagOf(json, "split", true) ? splitBy(literalPattern(replacement), "MergedWithNext") : sequence([]);
  return (source) => {
    const text = source.replace(space(source.chars), replacement);
    const wanted = scheme === "always" || (scheme === "first" && text.origin === 0);
    return split(wanted && text.chars[0] !== replacement ? text.prepend(replacement) : text);
  };
}

function fixedLength(json: Json): PreTokenizer {
  const length = numberOf(json, "length");
  if (!(length >= 1)) throw new Error(`bad tokenizer: FixedLength of ${length}`);
  return (text) => {
    const spans: Span[] = [];
    for (let at = 0; at < text.chars.length; at += length) spans.push([at, Math.min(at + length, text.chars.length)]);
    return text.split(spans, "Isolated");
  };
}
