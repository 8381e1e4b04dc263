import { fallbackByte, readBytes } from "./byte-alphabet";
import { isJson, type Json } from "./json";
import { utf8Decode } from "./unicode";

/** How a vocabulary writes what can't stand in it as it is. */
export interface Spelling {
  /** Pieces are bytes in GPT-2's alphabet. */
  readonly bytes: boolean;
  /** What stands for a space (`▁`), or null. */
  readonly space: string | null;
  /** `<0x0A>` is a byte. */
  readonly fallback: boolean;
}

export function spellingOf(tokenizer: Json): Spelling {
  const steps = [tokenizer.decoder, tokenizer.pre_tokenizer, tokenizer.normalizer].flatMap(flatten);
  const fallback = isJson(tokenizer.model) && tokenizer.model.byte_fallback === true;
  return { bytes: steps.some(({ type }) => type === "ByteLevel"), space: spaceOf(steps), fallback };
}

/** A step and all that are in it. */
function flatten(value: unknown): Json[] {
  if (Array.isArray(value)) return value.flatMap(flatten);
  if (!isJson(value)) return [];
  return [value, ...flatten(value.decoders), ...flatten(value.pretokenizers), ...flatten(value.normalizers)];
}

function spaceOf(steps: readonly Json[]): string | null {
  for (const { type, replacement, pattern, content } of steps) {
    if (type === "Metaspace") return typeof replacement === "string" ? replacement : "▁";
    if (type !== "Replace" || !isJson(pattern)) continue;
    if (content === " " && typeof pattern.String === "string") return pattern.String;
    if (pattern.String === " " && typeof content === "string" && content !== "") return content;
  }
  return null;
}

const hex = (bytes: readonly number[]): string =>
  bytes.map((byte) => `\\x${byte.toString(16).toUpperCase().padStart(2, "0")}`).join("");

/** A piece as a person reads it. Bytes that are only part of a character show as `\xE2\x80`. */
export function display(piece: string, spelling: Spelling | null): string {
  if (!spelling) return piece;
  const byte = spelling.fallback ? fallbackByte(piece) : null;
  const bytes = byte !== null ? [byte] : spelling.bytes ? readBytes(piece) : null;
  if (bytes) return utf8Decode(bytes, hex);
  return spelling.space === null ? piece : piece.replaceAll(spelling.space, " ");
}
