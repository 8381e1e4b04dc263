/** The characters of a text, one code point each. Half of a surrogate pair becomes U+FFFD, as UTF-8 can't hold it. */
export function codePoints(text: string): string[] {
  return Array.from(text.replace(/\p{Cs}/gu, "\ufffd"));
}

const matches =
  (regex: RegExp) =>
  (char: string): boolean =>
    regex.test(char);

export const isWhitespace = matches(/^\p{White_Space}$/u);
export const isNumeric = matches(/^\p{N}$/u);
/** Punctuation as BERT sees it: all ASCII that is neither letter, digit nor space counts, `$` and `~` too. */
export const isPunctuation = matches(/^[\p{P}!-/:-@[-`{-~]$/u);
export const isMark = matches(/^\p{M}$/u);
export const isNonspacingMark = matches(/^\p{Mn}$/u);
export const isControl = matches(/^[\p{Cc}\p{Cf}\p{Co}]$/u);
/** `\w` with Unicode rules (UTS 18). */
export const isWordCharacter = matches(/^[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]$/u);

/** Bytes that a character takes in UTF-8. */
export function utf8Length(char: string): number {
  const code = char.codePointAt(0) ?? 0;
  return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
}

export function utf8Encode(text: string): number[] {
  const bytes: number[] = [];
  for (const char of codePoints(text)) {
    const code = char.codePointAt(0) ?? 0;
    if (code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 63));
    else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
    else bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
  }
  return bytes;
}

/**
 * Reads UTF-8. `invalid` gives the text for each ill-formed run of bytes: a lead byte with what rightly follows it, or
 * one stray byte (Unicode 3.9, "maximal subparts"). Without it such a run reads U+FFFD.
 */
export function utf8Decode(bytes: readonly number[], invalid: (run: readonly number[]) => string = () => "\ufffd") {
  let text = "";
  for (let at = 0; at < bytes.length; ) {
    const lead = bytes[at]!;
    const size = lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
    // Overlong forms, surrogates and what is beyond U+10FFFF show in the second byte.
    let low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
    let high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
    let code = size < 2 ? lead : lead & (0x7f >> size);
    let end = at + 1;
    for (; end < at + size && end < bytes.length; end++) {
      const byte = bytes[end]!;
      if (byte < low || byte > high) break;
      code = (code << 6) | (byte & 63);
      low = 0x80;
      high = 0xbf;
    }
    text += size > 0 && end === at + size ? String.fromCodePoint(code) : invalid(bytes.slice(at, end));
    at = end;
  }
  return text;
}
