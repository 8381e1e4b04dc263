import { utf8Encode } from "./unicode";

/** GPT-2's printable character for each byte (`encoder.py`, bytes_to_unicode): space is `Ġ`, newline is `Ċ`. */
const characters: readonly string[] = (() => {
  const printable = (byte: number) => (byte > 32 && byte < 127) || (byte > 160 && byte !== 173);
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => String.fromCodePoint(printable(byte) ? byte : next++));
})();

const bytes: ReadonlyMap<string, number> = new Map(characters.map((char, byte) => [char, byte]));

/** `Ġ`. */
export const byteSpace = characters[32]!;

/** The byte-level spelling of a text, one character a byte. */
export function spellBytes(text: string): string[] {
  return utf8Encode(text).map((byte) => characters[byte]!);
}

/** The bytes that a byte-level piece spells, or null where it has a character outside the alphabet. */
export function readBytes(piece: string): number[] | null {
  const read: number[] = [];
  for (const char of piece) {
    const byte = bytes.get(char);
    if (byte === undefined) return null;
    read.push(byte);
  }
  return read;
}

/** The byte of a SentencePiece fallback piece such as `<0x0A>`, else null. */
export function fallbackByte(piece: string): number | null {
  return /^<0x[0-9A-Fa-f]{2}>$/.test(piece) ? Number.parseInt(piece.slice(3, 5), 16) : null;
}
