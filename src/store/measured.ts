import type { Faithfulness } from "../explain/faithfulness";
import type { ConsistencyResult } from "../explain/paraphrases";
import type { Failure } from "../worker/protocol";
import type { State } from "./state";

/** How far a measurement is, of the methods that explain what is shown. */
type Underway<T> = {
  /** What is measured: the pass, the target and each method as it is set. */
  readonly of: string;
} & (
  | { readonly status: "running"; readonly done: number; readonly total: number }
  | { readonly status: "done"; readonly result: T }
  | { readonly status: "failed"; readonly failure: Failure }
);

/** Of faithfulness. */
export type Measuring = Underway<Faithfulness>;

/** Of consistency, over these paraphrases. */
export type Paraphrasing = Underway<ConsistencyResult> & { readonly paraphrases: readonly string[] };

/** One method on one text, as it was measured in this session. */
export interface Measure {
  readonly method: string;
  /** The model and device, and the method's options: what can be held against each other. */
  readonly setting: string;
  readonly trace: number;
  readonly units: number;
  readonly ms: number;
  readonly forward: number;
  readonly backward: number;
  readonly comprehensiveness: number | null;
  readonly sufficiency: number | null;
  /** What random orders come to on that text. */
  readonly random: number | null;
}

/** Measures of this model as a method is set now, one a text: the newest of each. */
export function measuresOf({ measures }: Pick<State, "measures">, method: string, setting: string): readonly Measure[] {
  const own = measures.filter((each) => each.method === method && each.setting === setting);
  return [...new Map(own.map((each) => [each.trace, each])).values()];
}

/** What makes two measures of a method comparable. */
export const settingOf = ({ model, unit, seed }: Pick<State, "model" | "unit" | "seed">, options: object): string =>
  JSON.stringify([model?.sha256, model?.device, unit, seed, options]);
