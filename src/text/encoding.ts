/** How the tokens of an image lie in it: patches side by side, row by row. */
export interface PatchGrid {
  readonly rows: number;
  readonly columns: number;
  /** Of the image that the model reads, in pixels. */
  readonly height: number;
  readonly width: number;
  /** From one patch to the next, in pixels: down and across. */
  readonly step: readonly [number, number];
  /** The token of the first patch; the others follow it. */
  readonly first: number;
}

/** A tokenised text or sentence pair, or an image as patches. All arrays have one entry a token. */
export interface Encoding {
  readonly ids: readonly number[];
  /** As a person reads them: `##` and other marks of the vocabulary are kept, byte-level spellings are decoded. */
  readonly tokens: readonly string[];
  /**
   * As the vocabulary spells them (`Ġthe`, `▁the`, `##ing`). Where the reference keeps the text itself, that is here:
   * an unknown part for a Unigram model, an added token with the space that it took in.
   */
  readonly pieces: readonly string[];
  /** [start, end) in the text that `segments` names, in UTF-16 code units; null for tokens that were added. */
  readonly offsets: readonly (readonly [number, number] | null)[];
  /** 1 where the model attends, 0 for padding. */
  readonly mask: readonly number[];
  /** 0 for the first text, 1 for the second (token_type_ids). */
  readonly segments: readonly number[];
  /** token_type_ids where they differ from `segments`: RoBERTa's are 0 for both texts. */
  readonly typeIds?: readonly number[];
  /** True for tokens that the tokenizer added or that are special in its vocabulary, but not for unknown words. */
  readonly special: readonly boolean[];
  /** Index of the word that a token belongs to, counted over both texts; null for special tokens. */
  readonly words: readonly (number | null)[];
  /** Of an image, whose ids are only numbers of places: where its patches are. */
  readonly patches?: PatchGrid;
}
