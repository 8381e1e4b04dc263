import { fallbackByte, readBytes } from "./byte-alphabet";
import { build, flagOf, type Json, listOf, maybeString, numberOf, stringOf } from "./json";
import { readPattern } from "./pattern";
import { utf8Decode, utf8Encode } from "./unicode";

/** Turns pieces into parts of a text, which are then joined. */
export type Decoder = (pieces: readonly string[]) => readonly string[];

const decoders: Readonly<Record<string, (json: Json) => Decoder>> = {
  BPEDecoder: (json) => {
    const suffix = maybeString(json, "suffix") ?? "</w>";
    return (pieces) => pieces.map((piece, i) => piece.replaceAll(suffix, i === pieces.length - 1 ? "" : " "));
  },
  ByteFallback: () => joinBytes,
  ByteLevel: () => (pieces) => [utf8Decode(pieces.flatMap((piece) => readBytes(piece) ?? utf8Encode(piece)))],
  CTC: ctc,
  Fuse: () => (pieces) => [pieces.join("")],
  Metaspace: (json) => {
    const replacement = maybeString(json, "replacement") ?? "▁";
    const scheme = maybeString(json, "prepend_scheme") ?? (flagOf(json, "add_prefix_space", true) ? "always" : "never");
    return (pieces) =>
      pieces.map((piece, i) => piece.replaceAll(replacement, i === 0 && scheme !== "never" ? "" : " "));
  },
  Replace: (json) => {
    const pattern = readPattern(json.pattern);
    const content = stringOf(json, "content");
    return (pieces) =>
      pieces.map((piece) => {
        const chars = Array.from(piece);
        let text = "";
        let at = 0;
        for (const [from, to] of pattern(chars)) {
          text += chars.slice(at, from).join("") + content;
          at = to;
        }
        return text + chars.slice(at).join("");
      });
  },
  Sequence: (json) => {
    const steps = listOf(json, "decoders").map(readDecoder);
    return (pieces) => steps.reduce((decoded, step) => step(decoded), pieces);
  },
  Strip: strip,
  WordPiece: (json) => {
    const prefix = maybeString(json, "prefix") ?? "##";
    const clean = flagOf(json, "cleanup", true) ? cleanUp : (text: string) => text;
    return (pieces) =>
      pieces.map((piece, i) =>
        clean(i === 0 ? piece : piece.startsWith(prefix) ? piece.slice(prefix.length) : ` ${piece}`),
      );
  },
};

/**
 * The `decoder` of tokenizer.json. Without one, spaces join the pieces.
 * @throws `unknown tokenizer: ...` for a type that isn't known
 */
export function readDecoder(value: unknown): Decoder {
  return value === null || value === undefined ? (pieces) => [pieces.join(" ")] : build("decoder", decoders, value);
}

/** Takes out the spaces that splitting put before punctuation and English contractions. */
function cleanUp(text: string): string {
  return [".", "?", "!", ",", "'", "n't", "'m", "do not", "'s", "'ve", "'re"].reduce((clean, mark) => {
    if (mark === "'") return clean.replaceAll(" ' ", "'");
    if (mark === "do not") return clean.replaceAll(" do not", " don't");
    return clean.replaceAll(` ${mark}`, mark);
  }, text);
}

function joinBytes(pieces: readonly string[]): string[] {
  const parts: string[] = [];
  let bytes: number[] = [];
  const flush = () => {
    let valid = true;
    const text = utf8Decode(bytes, () => {
      valid = false;
      return "";
    });
    parts.push(...(valid ? [text] : bytes.map(() => "\ufffd")));
    bytes = [];
  };
  for (const piece of pieces) {
    const byte = fallbackByte(piece);
    if (byte !== null) bytes.push(byte);
    else {
      if (bytes.length > 0) flush();
      parts.push(piece);
    }
  }
  if (bytes.length > 0) flush();
  return parts;
}

function ctc(json: Json): Decoder {
  const pad = maybeString(json, "pad_token") ?? "<pad>";
  const delimiter = maybeString(json, "word_delimiter_token") ?? "|";
  const clean = flagOf(json, "cleanup", true);
  return (pieces) =>
    pieces
      .filter((piece, i) => piece !== pieces[i - 1])
      .map((piece) => piece.replaceAll(pad, ""))
      .map((piece) => (clean ? cleanUp(piece).replaceAll(delimiter, " ") : piece))
      .filter((piece) => piece !== "");
}

function strip(json: Json): Decoder {
  const content = stringOf(json, "content");
  const [start, stop] = [numberOf(json, "start"), numberOf(json, "stop")];
  return (pieces) =>
    pieces.map((piece) => {
      const chars = Array.from(piece);
      let from = 0;
      while (from < start && chars[from] === content) from++;
      let to = chars.length;
      while (chars.length - to < stop && to > from && chars[to - 1] === content) to--;
      return chars.slice(from, to).join("");
    });
}
