import type { Builder } from "../graph/builder";
import type { Node, Value } from "../onnx/model";

/** Emits the cotangent of one input. The walker calls it only where that is wanted, sums it over axes that were broadcast, and adds it up. */
export type Cotangent = () => Value;

/** What a rule works with. */
export interface GradientContext {
  /** Writes the backward nodes; the values of the forward graph can be read by their names. */
  readonly b: Builder;
  /** The sizes of a forward value or of a cotangent, each symbolic one at its own number. Throws where they aren't known. */
  dims(value: Value): readonly number[];
  /** The shape of a forward value at run time, int64 [rank]. */
  shape(value: Value): Value;
  /** The elements of a small tensor at the sizes that shapes are followed at, or null where they aren't known. */
  numbers(value: Value): readonly number[] | null;
  /** Whether a value depends on what is differentiated by. */
  active(value: Value): boolean;
  /** Whether a value is a weight or a constant of the file. */
  constant(value: Value): boolean;
}

/**
 * The rule of an operator: from the cotangents of its outputs (of the outputs' shapes) to those of its inputs, in their
 * order; null for an input that has none. Rules never ask whether an input is wanted and never undo broadcasting.
 */
export type Gradient = (c: GradientContext, node: Node, cotangents: readonly Value[]) => readonly (Cotangent | null)[];

/** An operator that nothing is passed back through, and why that is right. */
export interface Stop {
  readonly stops: string;
}

/** An operator whose integer outputs pass cotangents on as if they had not been rounded. */
export interface StraightThrough {
  readonly straightThrough: Gradient;
  /** The outputs that carry activations; the others (scales, zero points) count as constants. */
  readonly outputs: readonly number[];
}

export type Entry = Gradient | Stop | StraightThrough;

/** How a node is passed back through; undefined where no rule is known. */
export type Rules = (node: Node) => Entry | undefined;

export const stops = (reason: string): Stop => ({ stops: reason });

export const straightThrough = (gradient: Gradient, outputs: readonly number[] = [0]): StraightThrough => ({
  straightThrough: gradient,
  outputs,
});

export const isStop = (entry: Entry): entry is Stop => "stops" in entry;
export const isStraight = (entry: Entry): entry is StraightThrough => "straightThrough" in entry;
