import type { AlignedText, Edit } from "./aligned-text";
import { spellBytes } from "./byte-alphabet";
import { CharsMap } from "./charsmap";
import { build, flagOf, type Json, listOf, maybeString, stringOf } from "./json";
import { normalForm } from "./normal-form";
import { readPattern } from "./pattern";
import { isControl, isMark, isNonspacingMark, isWhitespace } from "./unicode";

export type Normalizer = (text: AlignedText) => AlignedText;

const normalizers: Readonly<Record<string, (json: Json) => Normalizer>> = {
  BertNormalizer: bert,
  ByteLevel: () => toBytes,
  Lowercase: () => lowercase,
  NFC: () => (text) => normalForm(text, "NFC"),
  NFD: () => (text) => normalForm(text, "NFD"),
  NFKC: () => (text) => normalForm(text, "NFKC"),
  NFKD: () => (text) => normalForm(text, "NFKD"),
  Nmt: () => nmt,
  Precompiled: precompiled,
  Prepend: (json) => {
    const prefix = stringOf(json, "prepend");
    return (text) => text.prepend(prefix);
  },
  Replace: (json) => {
    const pattern = readPattern(json.pattern);
    const content = stringOf(json, "content");
    return (text) => text.replace(pattern(text.chars), content);
  },
  Sequence: (json) => {
    const steps = listOf(json, "normalizers").map(readNormalizer);
    return (text) => steps.reduce((normalized, step) => step(normalized), text);
  },
  Strip: (json) => strip(flagOf(json, "strip_left"), flagOf(json, "strip_right")),
  StripAccents: () => (text) => text.filter((char) => !isMark(char)),
};

/**
 * The `normalizer` of tokenizer.json.
 * @throws `unknown tokenizer: ...` for a type that isn't known
 */
export function readNormalizer(value: unknown): Normalizer {
  return value === null || value === undefined ? (text) => text : build("normalizer", normalizers, value);
}

/** One character becomes the byte-level spelling of its UTF-8 bytes. */
export function toBytes(text: AlignedText): AlignedText {
  return text.transform(text.chars.flatMap((char) => spellBytes(char).map((byte, i): Edit => [byte, i === 0 ? 0 : 1])));
}

function lowercase(text: AlignedText): AlignedText {
  // Each character by itself: a sigma that ends a word isn't special.
  return text.transform(
    text.chars.flatMap((char) => Array.from(char.toLowerCase(), (lower, i): Edit => [lower, i === 0 ? 0 : 1])),
  );
}

const kept = (char: string) => char === "\t" || char === "\n" || char === "\r";
const han =
  /[\u4e00-\u9fff\u3400-\u4dbf\u{20000}-\u{2a6df}\u{2a700}-\u{2b81f}\u{2b920}-\u{2ceaf}\uf900-\ufaff\u{2f800}-\u{2fa1f}]/u;

function bert(json: Json): Normalizer {
  const clean = flagOf(json, "clean_text", true);
  const chinese = flagOf(json, "handle_chinese_chars", true);
  const lower = flagOf(json, "lowercase", true);
  const accents = flagOf(json, "strip_accents", lower);
  return (source) => {
    let text = source;
    if (clean)
      text = text
        .filter((char) => char !== "\0" && char !== "\ufffd" && (kept(char) || !isControl(char)))
        .map((char) => (isWhitespace(char) ? " " : char));
    if (chinese)
      text = text.transform(
        text.chars.flatMap((char): Edit[] => {
          if (!han.test(char)) return [[char, 0]];
          return [
            [" ", 0],
            [char, 1],
            [" ", 1],
          ];
        }),
      );
    if (accents) text = normalForm(text, "NFD").filter((char) => !isNonspacingMark(char));
    return lower ? lowercase(text) : text;
  };
}

function nmt(text: AlignedText): AlignedText {
  return text
    .filter((char) => (isWhitespace(char) ? char !== "\v" : !isDropped(char.charCodeAt(0))))
    .map((char) => (/[\t\n\f\r\u1680\u200b-\u200f\u2028\u2029\u2581\ufeff\ufffd]/.test(char) ? " " : char));
}

/** Control characters that SentencePiece's rules take out (`nmt_nfkc`), besides the vertical tab. */
const isDropped = (code: number): boolean => (code > 0 && code < 32) || code === 0x7f || code === 0x8f || code === 0x9f;

function precompiled(json: Json): Normalizer {
  const charsmap = maybeString(json, "precompiled_charsmap");
  if (!charsmap) return (text) => text;
  const map = new CharsMap(charsmap);
  return (text) => map.normalize(text);
}

function strip(left: boolean, right: boolean): Normalizer {
  return (text) => {
    const first = text.chars.findIndex((char) => !isWhitespace(char));
    const last = text.chars.findLastIndex((char) => !isWhitespace(char));
    const from = !left ? 0 : first < 0 ? text.chars.length : first;
    const kept = text.chars.slice(from, right ? last + 1 : undefined);
    return text.transform(
      kept.map((char) => [char, 0]),
      from,
    );
  };
}
