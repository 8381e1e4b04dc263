/** A piece of the vocabulary and the UTF-8 bytes [start, end) of the model's input that it stands for. */
export interface Piece {
  readonly id: number;
  /** As the reference spells it: what the vocabulary has or, for an unknown part of a Unigram model, the part itself. */
  readonly piece: string;
  readonly start: number;
  readonly end: number;
  /** True where the vocabulary has no piece for this part. */
  readonly unknown?: boolean;
}

/** The part of a tokenizer that turns a word into pieces of a vocabulary. */
export interface Model {
  readonly vocabulary: ReadonlyMap<string, number>;
  /** What stands for parts that the vocabulary hasn't. */
  readonly unknown: string | null;
  /** `chars` is a word that isn't empty, a character an entry. */
  tokenize(chars: readonly string[]): Piece[];
}
