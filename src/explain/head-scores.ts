import type { Tensor } from "../tensor/tensor";
import type { Encoding } from "../text/encoding";

/** How much a head behaves like each known character, 0 to 1, on one text. */
export interface Character {
  /** Mean weight on the token before, over the tokens that have one. */
  readonly previous: number;
  /** Mean weight on the token behind; 0 in causal models, which see none. */
  readonly next: number;
  /** Mean weight on the first token, over all others. */
  readonly first: number;
  /** Mean weight on special tokens, over the others. */
  readonly separator: number;
  /** Mean weight on the token itself; without the first one in causal models, which sees nothing else. */
  readonly same: number;
  /** Mean weight on earlier tokens of the same id, over the tokens that have one; 0 where none has. */
  readonly duplicate: number;
  /** Mean entropy of the rows in bits, and what it would be if each were spread evenly over what it may see. */
  readonly entropy: number;
  readonly evenEntropy: number;
}

/** Scores one head's attention [T, T] on a text. */
export function characterOf(
  { dims: [rows, columns], data }: Tensor,
  { ids, special }: Pick<Encoding, "ids" | "special">,
  causal: boolean,
): Character {
  const at = (i: number, j: number): number => (data as Float32Array)[i * columns + j];
  const mean = (queries: readonly number[], weight: (i: number) => number): number =>
    queries.length === 0 ? 0 : queries.reduce((sum, i) => sum + weight(i), 0) / queries.length;
  const all = Array.from({ length: rows }, (_, i) => i);
  const specials = all.filter((j) => special[j]);
  const earlier = (i: number): number[] => all.filter((j) => j < i && ids[j] === ids[i] && !special[i]);
  const repeated = all.filter((i) => earlier(i).length > 0);
  return {
    previous: mean(all.slice(1), (i) => at(i, i - 1)),
    next: causal ? 0 : mean(all.slice(0, -1), (i) => at(i, i + 1)),
    first: mean(all.slice(1), (i) => at(i, 0)),
    separator: mean(
      all.filter((i) => !special[i]),
      (i) => specials.reduce((sum, j) => sum + at(i, j), 0),
    ),
    same: mean(causal ? all.slice(1) : all, (i) => at(i, i)),
    duplicate: mean(repeated, (i) => earlier(i).reduce((sum, j) => sum + at(i, j), 0)),
    entropy: mean(all, (i) => entropyOf(all.map((j) => at(i, j)))),
    evenEntropy: mean(all, (i) => Math.log2(causal ? i + 1 : columns)),
  };
}

const entropyOf = (row: readonly number[]): number => row.reduce((sum, p) => (p > 0 ? sum - p * Math.log2(p) : sum), 0);

/**
 * A sequence of random tokens and its copy, for the induction score. `first` is what the model expects a text to begin
 * with, `ids` the ordinary tokens to draw from; the draw repeats with the seed.
 */
export function repeatedTokens(
  vocabularySize: number,
  length: number,
  first: number | null,
  seed = 1,
): readonly number[] {
  let state = seed >>> 0;
  // xorshift32: only has to look random to the model.
  const draw = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
  for (let i = 0; i < 8; i++) draw();
  const low = Math.min(vocabularySize - 1, Math.floor(vocabularySize / 10));
  const drawn = new Set<number>();
  while (drawn.size < Math.min(length, vocabularySize - low))
    drawn.add(low + Math.floor(draw() * (vocabularySize - low)));
  const half = [...drawn];
  return [...(first === null ? [] : [first]), ...half, ...half];
}

/**
 * Induction: in the second copy, the mean weight on the token that followed the same token before. TransformerLens's
 * pattern (P_ij = 1 where token j - 1 is token i), over the rows that have such a token.
 */
export function inductionOf({ dims: [, columns], data }: Tensor, ids: readonly number[]): number {
  const earlier = new Map<number, number>();
  let sum = 0;
  let rows = 0;
  ids.forEach((id, i) => {
    const before = earlier.get(id);
    if (before !== undefined && before + 1 < i) {
      sum += (data as Float32Array)[i * columns + before + 1];
      rows++;
    }
    earlier.set(id, i);
  });
  return rows === 0 ? 0 : sum / rows;
}
