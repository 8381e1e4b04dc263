import { flagOf, type Json, listOf, maybeString } from "../json";
import { utf8Length } from "../unicode";
import type { Model, Piece } from "./model";
import { byteIds } from "./unigram";
import { readVocabulary, unknownId } from "./vocabulary";

/** Two ids as one key: ids are below 2^26. */
const pair = (left: number, right: number): number => left * 0x4000000 + right;

interface Symbol {
  id: number;
  bytes: number;
  unknown: boolean;
  previous: number;
  next: number;
}

/** Byte-pair encoding (Sennrich et al. 2016, https://arxiv.org/abs/1508.07909): merges by rank, the leftmost first. */
export function bpe(json: Json): Model {
  const vocabulary = readVocabulary(json);
  const pieces: string[] = [];
  for (const [piece, id] of vocabulary) pieces[id] = piece;
  const prefix = maybeString(json, "continuing_subword_prefix") ?? "";
  const suffix = maybeString(json, "end_of_word_suffix") ?? "";
  const unknown = maybeString(json, "unk_token");
  const fuse = flagOf(json, "fuse_unk");
  const fallback = flagOf(json, "byte_fallback");
  const whole = flagOf(json, "ignore_merges");

  const ranks = new Map<number, number>();
  /** The id that the merge of each rank makes. */
  const made: number[] = [];
  listOf(json, "merges").forEach((merge) => {
    const [left, right] = readMerge(merge);
    const id = (piece: string) => {
      const found = vocabulary.get(piece);
      if (found === undefined)
        throw new Error(`bad tokenizer: merge "${left} ${right}", ${piece} is not in the vocabulary`);
      return found;
    };
    ranks.set(pair(id(left), id(right)), made.length);
    made.push(id(left + right.slice(prefix.length)));
  });

  const spell = (chars: readonly string[]): Symbol[] => {
    const symbols: Symbol[] = [];
    const add = (id: number, bytes: number, isUnknown = false) => {
      const at = symbols.length;
      symbols.push({ id, bytes, unknown: isUnknown, previous: at - 1, next: at + 1 });
    };
    /** Bytes of an unknown part that waits for what may be fused with it. */
    let waiting = 0;
    const flush = () => {
      if (waiting > 0) add(unknownId(vocabulary, unknown), waiting, true);
      waiting = 0;
    };
    chars.forEach((char, i) => {
      const piece = (i > 0 ? prefix : "") + char + (i === chars.length - 1 ? suffix : "");
      const id = vocabulary.get(piece);
      const bytes = id === undefined && fallback ? byteIds(vocabulary, piece) : null;
      if (id !== undefined) {
        flush();
        add(id, utf8Length(char));
      } else if (bytes) for (const byte of bytes) add(byte.id, 1);
      // Without an unknown token the character is lost.
      else if (unknown !== null) {
        if (!fuse) flush();
        waiting += utf8Length(char);
      }
    });
    flush();
    return symbols;
  };

  const mergeAll = (symbols: Symbol[]): void => {
    const queue = new MinHeap();
    const offer = (at: number) => {
      const rank = ranks.get(pair(symbols[at]!.id, symbols[symbols[at]!.next]!.id));
      if (rank !== undefined) queue.push(pair(rank, at));
    };
    for (let at = 0; at + 1 < symbols.length; at++) offer(at);
    for (let top = queue.pop(); top !== undefined; top = queue.pop()) {
      const at = top % 0x4000000;
      const id = made[(top - at) / 0x4000000]!;
      const left = symbols[at]!;
      const right = symbols[left.next];
      // The queue may name what was merged in the meantime.
      if (left.bytes === 0 || !right) continue;
      const rank = ranks.get(pair(left.id, right.id));
      if (rank === undefined || made[rank] !== id) continue;
      left.id = id;
      left.unknown = false;
      left.bytes += right.bytes;
      left.next = right.next;
      right.bytes = 0;
      const after = symbols[right.next];
      if (after) after.previous = at;
      if (left.previous >= 0) offer(left.previous);
      if (after) offer(at);
    }
  };

  return {
    vocabulary,
    unknown,
    tokenize(chars) {
      if (whole) {
        const piece = chars.join("");
        const id = vocabulary.get(piece);
        const end = chars.reduce((sum, char) => sum + utf8Length(char), 0);
        if (id !== undefined) return [{ id, piece, start: 0, end }];
      }
      const symbols = spell(chars);
      mergeAll(symbols);
      let start = 0;
      return symbols
        .filter((symbol) => symbol.bytes > 0)
        .map(({ id, bytes, unknown: isUnknown }): Piece => {
          start += bytes;
          return { id, piece: pieces[id]!, start: start - bytes, end: start, unknown: isUnknown };
        });
    },
  };
}

/** A merge as a pair or, in older files, as `left right`. */
function readMerge(merge: unknown): [string, string] {
  const sides: unknown = typeof merge === "string" ? merge.split(" ") : merge;
  if (Array.isArray(sides) && sides.length === 2 && typeof sides[0] === "string" && typeof sides[1] === "string")
    return [sides[0], sides[1]];
  throw new Error(`bad tokenizer: merge ${JSON.stringify(merge)}`);
}

/** A binary heap of numbers, the least on top. */
class MinHeap {
  private readonly items: number[] = [];

  push(item: number): void {
    const { items } = this;
    let at = items.push(item) - 1;
    for (let parent = (at - 1) >> 1; at > 0 && items[parent]! > item; parent = (at - 1) >> 1) {
      items[at] = items[parent]!;
      at = parent;
    }
    items[at] = item;
  }

  pop(): number | undefined {
    const { items } = this;
    const top = items[0];
    const last = items.pop();
    if (last === undefined || items.length === 0) return top;
    let at = 0;
    for (let child = 1; child < items.length; child = 2 * at + 1) {
      if (child + 1 < items.length && items[child + 1]! < items[child]!) child++;
      if (items[child]! >= last) break;
      items[at] = items[child]!;
      at = child;
    }
    items[at] = last;
    return top;
  }
}
