import type { Attribution, MethodContext } from "./attribution";
import type { Removal } from "./removal";

export interface FaithfulnessOptions {
  /** How many units are taken away or kept; 1, 3 and 5 unless said otherwise. */
  readonly ks?: readonly number[];
  /** The mask token, where there is one, else the unknown token, else padding, unless said otherwise. */
  readonly removal?: Removal;
  /** Random orders that methods are held against; 10 unless said otherwise. */
  readonly orders?: number;
}

/**
 * What becomes of the target when a method's top units are taken away, or everything else (DeYoung et al. 2020, ERASER):
 * comprehensiveness is f(x) - f(x without them), large where they were needed; sufficiency is f(x) - f(only them), near 0
 * where they are enough. Special tokens always stay.
 */
export interface Removed {
  /** One value a k, of the target's probability. */
  readonly comprehensiveness: readonly number[];
  readonly sufficiency: readonly number[];
  /** The same of its logit, less that of what it is held against. */
  readonly logit: { readonly comprehensiveness: readonly number[]; readonly sufficiency: readonly number[] };
}

export interface MethodFaithfulness extends Removed {
  readonly method: string;
  /** Mean over the ks. */
  readonly mean: { readonly comprehensiveness: number; readonly sufficiency: number };
  /** The share of random orders that it is better than, in the mean over the ks; half a share for equal ones. */
  readonly better: { readonly comprehensiveness: number; readonly sufficiency: number };
  /** Forward passes that it would take alone, the text as it is among them. */
  readonly passes: number;
}

export interface RandomFaithfulness extends Removed {
  readonly orders: number;
  readonly mean: { readonly comprehensiveness: number; readonly sufficiency: number };
  /** Standard deviation over the orders of what `mean` is the mean of. */
  readonly spread: { readonly comprehensiveness: number; readonly sufficiency: number };
}

/** How faithful methods are on one text, by what the model says when units go. */
export interface Faithfulness {
  readonly ks: readonly number[];
  readonly removal: Removal;
  /** The text as it is. */
  readonly probability: number;
  readonly logit: number;
  /** In the attributions' order. */
  readonly methods: readonly MethodFaithfulness[];
  readonly random: RandomFaithfulness;
  /** Forward passes that were really run: equal texts once. */
  readonly passes: number;
}

/**
 * Measures attributions of one text and target, by their largest values first, signs counting, on the same text with the
 * same random orders.
 * @throws RangeError `no substitute: ...` where the vocabulary lacks the token that is asked for
 */
export type MeasureFaithfulness = (
  context: Pick<MethodContext, "trace" | "target" | "passes" | "units" | "substitutes" | "seed" | "onPartial">,
  attributions: readonly Attribution[],
  options?: FaithfulnessOptions,
) => Promise<Faithfulness>;
