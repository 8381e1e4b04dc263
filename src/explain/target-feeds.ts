import { answerPlaces } from "../autodiff/answer-rows";
import { targetInputs } from "../autodiff/seed";
import type { Tensor } from "../tensor/tensor";
import { float32, int64, tensor } from "../tensor/tensor";
import type { Session } from "./session";

/** What is differentiated, a row of the batch each. */
export interface TargetRows {
  /** The classes or tokens that are summed, as many in each row. */
  readonly classes: readonly (readonly number[])[];
  /** What each counts: 1 for the target, -1 for what it is set against. */
  readonly weights: readonly (readonly number[])[];
  /** The position that is read, in models that answer at each one. */
  readonly positions: readonly number[];
  readonly scale: "logit" | "log-probability" | "probability";
}

/** No target: what a run without gradients is fed. */
export const noTarget = (rows: number): TargetRows => ({
  classes: Array.from({ length: rows }, () => [0]),
  weights: Array.from({ length: rows }, () => [0]),
  positions: Array.from({ length: rows }, () => 0),
  scale: "logit",
});

/** Logits at every position, as a session's graph takes that; `targetFeeds` asks for the target's alone. */
export const everyPlace = (rows: number, tokens: number): Record<string, Tensor> => ({
  [answerPlaces]: int64(
    [rows, tokens],
    Array.from({ length: rows * tokens }, (_, i) => i % tokens),
  ),
});

/** A target as a session's graph takes it: one that answers once a row reads no position. */
export function targetFeeds(
  { classes, weights, positions, scale }: TargetRows,
  { inputNames }: Pick<Session, "inputNames">,
): Record<string, Tensor> {
  const size = [classes.length, classes[0].length];
  const feeds: Record<string, Tensor> = {
    [targetInputs.classes]: int64(size, classes.flat()),
    [targetInputs.weights]: float32(size, weights.flat()),
    [targetInputs.position]: int64([positions.length], positions),
    [targetInputs.normalised]: tensor("bool", [], Uint8Array.of(scale === "logit" ? 0 : 1)),
    [targetInputs.linear]: float32([], [scale === "probability" ? 1 : 0]),
    [answerPlaces]: int64([positions.length, 1], positions),
  };
  return Object.fromEntries(Object.entries(feeds).filter(([name]) => inputNames.includes(name)));
}
