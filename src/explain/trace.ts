import type { Tensor } from "../tensor/tensor";
import type { Encoding } from "../text/encoding";

export type AttentionKind = "encoder" | "decoder" | "cross";

/** An image as a model reads it. */
export interface ImageInput {
  /** Normalised, [3, h, w]. */
  readonly pixels: Tensor;
  /** What black and white are among them, a number a channel; null where nobody said how they were normalised. */
  readonly range: { readonly black: readonly number[]; readonly white: readonly number[] } | null;
}

/** One place in a model where attention happens. */
export interface SiteInfo {
  readonly index: number;
  readonly layer: number;
  readonly kind: AttentionKind;
  readonly heads: number;
  /** Fewer than `heads` where keys and values are shared by groups. */
  readonly kvHeads: number;
}

/**
 * One forward pass: what it was of, its logits, and readers for what happened inside. Batch row 0.
 * A reader of one head returns [Tq, Tk] (attention) or [T, d]; without a head [H, ...].
 */
export interface Trace {
  readonly encoding: Encoding;
  /** What a model that reads images was given; absent in all others. */
  readonly image?: ImageInput;
  readonly sites: readonly SiteInfo[];
  /** [C] for whole texts, [T, V] otherwise. */
  readonly logits: Tensor;
  /** All rows of answers; a span model has two, for start and end. */
  readonly answers: readonly Tensor[];
  attention(site: number, head?: number): Promise<Tensor>;
  queries(site: number, head?: number): Promise<Tensor>;
  keys(site: number, head?: number): Promise<Tensor>;
  values(site: number, head?: number): Promise<Tensor>;
  /** [T, d] after `layer` blocks; 0 is the embedding block's output. */
  residual(layer: number): Promise<Tensor>;
}
