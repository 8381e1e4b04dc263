import { flagOf, type Json, listOf } from "../json";
import { utf8Encode, utf8Length } from "../unicode";
import type { Model, Piece } from "./model";

/** How much worse than the worst piece an unknown character scores (SentencePiece, `unigram_model.cc`). */
const penalty = 10;

/**
 * Unigram language model: the pieces with the greatest sum of scores (Viterbi; Kudo 2018, https://arxiv.org/abs/1804.10959).
 * Unknown characters that stand together are one token, or the bytes of it with `byte_fallback`.
 */
export function unigram(json: Json): Model {
  const scores: number[] = [];
  const vocabulary = new Map<string, number>();
  let longest = 1;
  for (const entry of listOf(json, "vocab")) {
    const [piece, score]: unknown[] = Array.isArray(entry) ? entry : [];
    if (typeof piece !== "string" || typeof score !== "number")
      throw new Error(`bad tokenizer: vocabulary entry ${JSON.stringify(entry)}`);
    vocabulary.set(piece, scores.length);
    scores.push(score);
    longest = Math.max(longest, Array.from(piece).length);
  }
  const unknownId = typeof json.unk_id === "number" ? json.unk_id : null;
  const unknown = [...vocabulary].find(([, id]) => id === unknownId)?.[0] ?? null;
  const unknownScore = scores.reduce((least, score) => Math.min(least, score), Infinity) - penalty;
  const fallback = flagOf(json, "byte_fallback");

  interface Step {
    from: number;
    id: number;
    score: number;
  }

  const bestPath = (chars: readonly string[]): Step[] => {
    const best: (Step | null)[] = new Array(chars.length + 1).fill(null);
    const offer = (to: number, from: number, id: number, score: number) => {
      const held = best[to];
      if (!held || score > held.score) best[to] = { from, id, score };
    };
    for (let from = 0; from < chars.length; from++) {
      const reached = best[from]?.score ?? 0;
      let piece = "";
      let single = false;
      for (let to = from + 1; to <= Math.min(chars.length, from + longest); to++) {
        piece += chars[to - 1]!;
        const id = vocabulary.get(piece);
        if (id === undefined) continue;
        offer(to, from, id, scores[id]! + reached);
        if (to === from + 1) single = true;
      }
      if (single) continue;
      if (unknownId === null) throw new Error(`bad tokenizer: no unknown token for ${chars[from]}`);
      offer(from + 1, from, unknownId, unknownScore + reached);
    }
    return best.map((step) => step ?? { from: 0, id: 0, score: 0 });
  };

  /** [from, to) of each piece, with neighbouring unknown ones joined. */
  const cut = (chars: readonly string[]): [number, number][] => {
    const path = bestPath(chars);
    const cuts: [number, number][] = [];
    let joining = false;
    for (let to = chars.length; to > 0; ) {
      const { from, id } = path[to]!;
      const last = cuts.at(-1);
      if (id === unknownId && joining && last) last[0] = from;
      else cuts.push([from, to]);
      joining = id === unknownId;
      to = from;
    }
    return cuts.reverse();
  };

  return {
    vocabulary,
    unknown,
    tokenize(chars) {
      const pieces: Piece[] = [];
      let start = 0;
      for (const [from, to] of cut(chars)) {
        const part = chars.slice(from, to);
        const piece = part.join("");
        const end = start + part.reduce((sum, char) => sum + utf8Length(char), 0);
        const id = vocabulary.get(piece);
        const bytes = id === undefined && fallback ? byteIds(vocabulary, piece) : null;
        if (bytes) pieces.push(...bytes.map((byte) => ({ ...byte, start, end })));
        else if (id !== undefined) pieces.push({ id, piece, start, end, unknown: id === unknownId });
        else if (unknownId !== null) pieces.push({ id: unknownId, piece, start, end, unknown: true });
        start = end;
      }
      return pieces;
    },
  };
}

/** The fallback pieces of a text's bytes, or null where the vocabulary hasn't got one of them. */
export function byteIds(vocabulary: ReadonlyMap<string, number>, text: string): { id: number; piece: string }[] | null {
  const found: { id: number; piece: string }[] = [];
  for (const byte of utf8Encode(text)) {
    const piece = `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`;
    const id = vocabulary.get(piece);
    if (id === undefined) return null;
    found.push({ id, piece });
  }
  return found;
}
