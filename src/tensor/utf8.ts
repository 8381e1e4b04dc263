/** Thrown for bytes that are no UTF-8; `offset` counts from the start of the decoded bytes. */
export class Utf8Error extends Error {
  constructor(readonly offset: number) {
    super(`bad UTF-8: byte ${offset}`);
    this.name = "Utf8Error";
  }
}

const chunk = 8192;

/** The text of UTF-8 bytes `[start, end)`. Throws Utf8Error where they are none: overlong forms and surrogates are none. */
export function decodeUtf8(bytes: Uint8Array, start = 0, end = bytes.length): string {
  let text = "";
  let units: number[] = [];
  for (let i = start; i < end; ) {
    const lead = bytes[i]!;
    if (lead < 0x80) {
      units.push(lead);
      i++;
    } else {
      const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
      if (lead < 0xc2 || lead > 0xf4 || i + length > end) throw new Utf8Error(i - start);
      let point = lead & (0x7f >> length);
      for (let k = 1; k < length; k++) {
        const next = bytes[i + k]!;
        if ((next & 0xc0) !== 0x80) throw new Utf8Error(i - start);
        point = (point << 6) | (next & 0x3f);
      }
      const least = length === 4 ? 0x10000 : length === 3 ? 0x800 : 0x80;
      if (point < least || point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) throw new Utf8Error(i - start);
      if (point < 0x10000) units.push(point);
      else units.push(0xd7c0 + (point >> 10), 0xdc00 | (point & 0x3ff));
      i += length;
    }
    if (units.length >= chunk) {
      text += String.fromCharCode(...units);
      units = [];
    }
  }
  return text + String.fromCharCode(...units);
}

/** The number of bytes of `text` in UTF-8. */
export function utf8Length(text: string): number {
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) length += 1;
    else if (unit < 0x800) length += 2;
    else if (pairAt(text, i)) {
      length += 4;
      i++;
    } else length += 3;
  }
  return length;
}

/** Writes `text` as UTF-8 at `at`; returns the position after it. A lone surrogate becomes U+FFFD. */
export function writeUtf8(text: string, bytes: Uint8Array, at: number): number {
  let to = at;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) bytes[to++] = unit;
    else if (unit < 0x800) {
      bytes[to++] = 0xc0 | (unit >> 6);
      bytes[to++] = 0x80 | (unit & 0x3f);
    } else if (pairAt(text, i)) {
      const point = text.codePointAt(i)!;
      bytes[to++] = 0xf0 | (point >> 18);
      bytes[to++] = 0x80 | ((point >> 12) & 0x3f);
      bytes[to++] = 0x80 | ((point >> 6) & 0x3f);
      bytes[to++] = 0x80 | (point & 0x3f);
      i++;
    } else {
      const point = unit >= 0xd800 && unit < 0xe000 ? 0xfffd : unit;
      bytes[to++] = 0xe0 | (point >> 12);
      bytes[to++] = 0x80 | ((point >> 6) & 0x3f);
      bytes[to++] = 0x80 | (point & 0x3f);
    }
  }
  return to;
}

/** `text` as UTF-8. */
export function encodeUtf8(text: string): Uint8Array {
  const bytes = new Uint8Array(utf8Length(text));
  writeUtf8(text, bytes, 0);
  return bytes;
}

const pairAt = (text: string, i: number): boolean => {
  const unit = text.charCodeAt(i);
  if (unit < 0xd800 || unit >= 0xdc00) return false;
  const next = text.charCodeAt(i + 1);
  return next >= 0xdc00 && next < 0xe000;
};
