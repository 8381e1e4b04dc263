import type { AlignedText, Edit } from "./aligned-text";
import { codePoints, utf8Decode, utf8Encode } from "./unicode";

/**
 * SentencePiece's compiled normalisation rules: a Darts double array from UTF-8 strings to places in a block of
 * replacements that end with a zero byte (`normalizer.cc`). Layout: the array's size in bytes (uint32, little endian),
 * the array, the replacements.
 */
export class CharsMap {
  private readonly units: Uint32Array;
  private readonly replacements: Uint8Array;

  /** @throws `bad tokenizer: ...` where the sizes don't fit. */
  constructor(base64: string) {
    const bytes = decodeBase64(base64);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const size = bytes.length < 4 ? -1 : view.getUint32(0, true);
    if (size < 4 || size % 4 !== 0 || 4 + size > bytes.length)
      throw new Error(`bad tokenizer: precompiled_charsmap of ${bytes.length} bytes says its table has ${size}`);
    this.units = Uint32Array.from({ length: size / 4 }, (_, i) => view.getUint32(4 + 4 * i, true));
    this.replacements = bytes.subarray(4 + size);
  }

  /** What replaces `text`, by the shortest rule that it begins with; null where there is none. */
  private find(text: string): string | null {
    const { units } = this;
    let node = offsetOf(units[0]!);
    for (const byte of utf8Encode(text)) {
      if (byte === 0) return null;
      node ^= byte;
      const unit = units[node];
      if (unit === undefined || (unit & 0x800000ff) >>> 0 !== byte) return null;
      node ^= offsetOf(unit);
      if ((unit >>> 8) & 1) return this.replacementAt(units[node]! & 0x7fffffff);
    }
    return null;
  }

  private replacementAt(from: number): string {
    const end = this.replacements.indexOf(0, from);
    return utf8Decode([...this.replacements.subarray(from, end < 0 ? undefined : end)]);
  }

  /** Rewrites grapheme clusters of up to five bytes as a whole, others character by character. */
  normalize(text: AlignedText): AlignedText {
    const edits: Edit[] = [];
    for (const { segment } of new Intl.Segmenter().segment(text.text)) {
      const chars = Array.from(segment);
      const whole = utf8Encode(segment).length < 6 ? this.find(segment) : null;
      if (whole !== null) replace(edits, chars.length, whole);
      else
        for (const char of chars) {
          const replacement = this.find(char);
          if (replacement === null) edits.push([char, 0]);
          else replace(edits, 1, replacement);
        }
    }
    return text.transform(edits);
  }
}

function replace(edits: Edit[], length: number, replacement: string): void {
  const chars = codePoints(replacement);
  chars.forEach((char, i) => {
    edits.push([char, i < length ? 0 : 1]);
  });
  const last = edits.at(-1);
  // Where nothing replaces it and nothing stands before it, the reference loses count too.
  if (chars.length < length && last) edits[edits.length - 1] = [last[0], last[1] + chars.length - length];
}

const offsetOf = (unit: number): number => (unit >>> 10) << ((unit & 0x200) >>> 6);

const base64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const digits = text.replace(/[=\s]/g, "");
  const bytes = new Uint8Array(Math.floor((digits.length * 3) / 4));
  let bits = 0;
  let held = 0;
  let at = 0;
  for (const digit of digits) {
    const value = base64.indexOf(digit);
    if (value < 0) throw new Error(`bad tokenizer: precompiled_charsmap has "${digit}", which isn't base64`);
    bits = ((bits << 6) | value) & 0xffff;
    held += 6;
    if (held >= 8) {
      held -= 8;
      bytes[at++] = (bits >> held) & 0xff;
    }
  }
  return bytes;
}
