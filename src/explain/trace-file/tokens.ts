import { display } from "../../text/display";
import type { Encoding } from "../../text/encoding";
import { BadFile } from "../read";

interface More {
  readonly ids: readonly number[] | null;
  readonly segments: readonly number[] | null;
  readonly special: readonly boolean[] | null;
  readonly words: readonly (number | null)[] | null;
  /** Where the tokens stand, for errors. */
  readonly path: string;
}

/** Tokens that stand for no text, as the common vocabularies spell them. */
const protocol = /^(\[(CLS|SEP|PAD|MASK|BOS|EOS)\]|<\/?s>|<(pad|mask|bos|eos)>|<\|[a-z_]+\|>)$/;

/** How the vocabulary marks a word's first token, or the ones after it. */
type Marks = "##" | "Ġ" | "▁" | null;

/**
 * Tokens as a vocabulary spells them, as an encoding: byte-level and SentencePiece spellings are shown as a person reads
 * them, words and special tokens are told by their marks where the file doesn't say. Throws BadFile where lists differ in length.
 */
export function encodingOf(pieces: readonly string[], { ids, segments, special, words, path }: More): Encoding {
  const length = pieces.length;
  const same = <T>(name: string, values: readonly T[] | null): readonly T[] | null => {
    if (values && values.length !== length)
      throw new BadFile(`bad ${path}.${name}: ${values.length} for ${length} tokens`);
    return values;
  };
  const isSpecial = same("special", special) ?? pieces.map((piece) => protocol.test(piece));
  const marks = marksOf(pieces);
  const spelling = { bytes: marks === "Ġ", space: marks === "▁" ? "▁" : null, fallback: marks === "▁" };
  return {
    ids: same("ids", ids) ?? pieces.map((_, i) => i),
    pieces,
    tokens: pieces.map((piece, i) => display(piece, isSpecial[i] ? null : spelling)),
    offsets: pieces.map(() => null),
    mask: pieces.map(() => 1),
    segments: same("segments", segments) ?? pieces.map(() => 0),
    special: isSpecial,
    words: same("words", words) ?? wordsOf(pieces, isSpecial, marks),
  };
}

function marksOf(pieces: readonly string[]): Marks {
  if (pieces.some((p) => p.startsWith("##") && p.length > 2)) return "##";
  if (pieces.some((p) => p.startsWith("Ġ") || p.startsWith("Ċ"))) return "Ġ";
  return pieces.some((p) => p.startsWith("▁")) ? "▁" : null;
}

function wordsOf(pieces: readonly string[], special: readonly boolean[], marks: Marks): (number | null)[] {
  let word = -1;
  return pieces.map((piece, i) => {
    if (special[i]) return null;
    const inside =
      i > 0 &&
      !special[i - 1] &&
      (marks === "##" ? piece.startsWith("##") : marks !== null && /^[\p{L}\p{N}\p{M}]/u.test(piece));
    if (!inside) word++;
    return word;
  });
}
