import { byPatch } from "../image/patches";
import type { Tensor } from "../tensor/tensor";
import type { PatchGrid } from "../text/encoding";
import type { Target } from "./target";
import type { Trace } from "./trace";

/** What a model is run over: a text or an image as it is, or changed. All arrays have one entry a token. */
export interface PassRow {
  readonly ids: readonly number[];
  readonly mask: readonly number[];
  readonly segments: readonly number[];
  /** The token whose output is read; null where the whole input has one. */
  readonly position: number | null;
  /**
   * Where the word embedding starts from, [T, d], and how far it goes from there to the row's own: what is run is
   * `base + alpha * (own - base)`. With `alpha` 0 it is `base` itself. Without `base` the embedding is the row's own.
   */
  readonly base?: Tensor;
  readonly alpha?: number;
  /**
   * Of models that read images, the image: pixels [3, h, w], normalised, and where its patches are. Its embedding, and so
   * `base`, is its pixels patch by patch, [T, 3 · p · p].
   */
  readonly image?: RowImage;
}

export interface RowImage {
  readonly pixels: Tensor;
  readonly patches: PatchGrid;
}

/** A value inside a model that can be read, and that a target can be differentiated by. Of one row: */
export type Place =
  /** the word embeddings, [T, d]: before positions, types, norms; for images the pixels of each patch, [T, 3 · p · p] */
  | { readonly at: "embedding" }
  /** the residual stream after `layer` blocks, [T, d]; 0 is the embedding block's output */
  | { readonly at: "residual"; readonly layer: number }
  /** what the final norm makes of the stream, [T, d] */
  | { readonly at: "final norm" }
  /** attention probabilities, [H, Tq, Tk] */
  | { readonly at: "probs"; readonly site: number }
  /** each head's mixed values before the output projection, [H, T, dh] */
  | { readonly at: "heads"; readonly site: number }
  /** what the attention module adds to the stream (after its output projection and bias), [T, d] */
  | { readonly at: "module"; readonly site: number };

/** How a pass goes back: exact gradients, or one of the ways to share out relevance. */
export type ModeName =
  | "gradient"
  | "attn-lrp"
  | "cp-lrp"
  | "epsilon-lrp"
  | "gamma-lrp"
  | "lrp-0"
  /**
   * Multipliers of DeepLIFT by true rescale rules: Δtarget/Δvalue between a row as it is and the same row at `base`,
   * which are run side by side. Rows need a `base`; `alpha` is left alone.
   */
  | "deeplift"
  /** The same by the rules of Captum: rescaled at activations that are modules, gradients elsewhere. Not complete. */
  | "deeplift-captum";

/** What is asked of each row. */
export interface Wanted {
  /** Class or token, and what it is held against; the position is each row's own. */
  readonly target: Target;
  /** Values that are read. */
  readonly read?: readonly Place[];
  /** Places that the target is differentiated by; without any, nothing goes back. */
  readonly by?: readonly Place[];
  /** `gradient` unless said otherwise. */
  readonly mode?: ModeName;
}

/** One row's result. Tensors are the caller's to keep. */
export interface PassResult {
  /** The number that the target stands for, as it asks: logit, log-probability or probability, less that of `against`. */
  readonly value: number;
  /** The same as a logit. */
  readonly logit: number;
  /** That of the target's own class or token. */
  readonly probability: number;
  /** The output row that the target reads, [C] or [V]; of a span model its starts and then its ends, [2T]. */
  readonly row: Float32Array;
  /** A value that `read` named. Throws for another. */
  read(place: Place): Tensor;
  /** The target's derivative by a place that `by` named, of the value's shape. Throws for another. */
  cotangent(place: Place): Tensor;
}

/**
 * Runs a model over rows. Rows of equal length share a batch, in chunks that can't exhaust memory; nothing is padded. Between
 * chunks a newer request or a cancel is let through, which rejects with the signal's reason.
 */
export interface Passes {
  /** Runs every row; `onRow` is called once a row, in any order, as soon as its result is there. */
  run(rows: readonly PassRow[], wanted: Wanted, onRow: (result: PassResult, index: number) => void): Promise<void>;
  /** Lets a newer request or a cancel through, for long work that runs no rows; rejects with the signal's reason. */
  pause(): Promise<void>;
  /** The word embeddings of ids, [T, d]: a forward pass, once for the same ids. */
  embeddings(ids: readonly number[]): Promise<Tensor>;
  /** Whether a place was found in this model. */
  has(place: Place): boolean;
  /** Rows run forward and back so far: what was really run, a row that went back counted in both. */
  readonly spent: {
    readonly forward: number;
    readonly backward: number;
    /** Time that went into making sessions, in the unit of the caller's clock. */
    readonly preparing?: number;
  };
}

/** The input as it is, read where the target is. */
export function inputRow({ encoding, image }: Pick<Trace, "encoding" | "image">, target: Target): PassRow {
  const { ids, mask, segments, typeIds, patches } = encoding;
  const row = { ids, mask, segments: typeIds ?? segments, position: target.position };
  return image && patches ? { ...row, image: { pixels: image.pixels, patches } } : row;
}

/** A row's own embedding, [T, d]: a forward pass for a text, once for the same ids. */
export const embeddingOf = async (passes: Pick<Passes, "embeddings">, { ids, image }: PassRow): Promise<Tensor> =>
  image ? byPatch(image.pixels, image.patches, ids.length) : passes.embeddings(ids);

/** The result of a single row. */
export async function resultOf(passes: Passes, row: PassRow, wanted: Wanted): Promise<PassResult> {
  const results: PassResult[] = [];
  await passes.run([row], wanted, (result) => results.push(result));
  return results[0];
}

/** The values of rows on the target's own scale, in their order; forward only. */
export async function valuesOf(passes: Passes, rows: readonly PassRow[], target: Target): Promise<number[]> {
  const values = new Array<number>(rows.length);
  await passes.run(rows, { target }, ({ value }, index) => {
    values[index] = value;
  });
  return values;
}
