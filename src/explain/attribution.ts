import type { Encoding } from "../text/encoding";
import type { Engine } from "./engine";
import type { Parameter } from "./parameter";
import type { Passes } from "./passes";
import type { Target } from "./target";
import type { Trace } from "./trace";
import type { Unit } from "./unit";

/** What a method says of a text: one value a unit. */
export interface Attribution {
  readonly method: string;
  readonly options: Options;
  readonly target: Target;
  readonly encoding: Encoding;
  readonly units: readonly Unit[];
  /** One value a unit; 0 for special tokens where a method leaves them alone. */
  readonly values: readonly number[];
  /** Whether values carry a sign: for and against the target. */
  readonly signed: boolean;
  /** What the values should sum to and what they do sum to, where the method promises that they do. */
  readonly completeness?: Completeness;
  /** More that the method found, by name: the regions of sliding windows, a heatmap. */
  readonly details?: Details;
  readonly cost: Cost;
}

/** What a method spent: rows run forward and back beyond the text's own pass, and their time. */
export interface Cost {
  readonly forward: number;
  readonly backward: number;
  /** Without `preparing`. */
  readonly ms: number;
  /** Before that, for a session that goes back as the method asks: once for a model. Left out where there was one. */
  readonly preparing?: number;
}

export interface Completeness {
  readonly expected: number;
  readonly sum: number;
}

export interface Details {
  /** Windows of units and what their removal costs the target, as asked: in order of place. */
  readonly regions?: readonly { readonly units: readonly number[]; readonly value: number }[];
  /** Token by token, [T, T]: rollout, relevance, flow; rows that weren't worked out are no numbers. */
  readonly matrix?: Float32Array;
  /** A simpler model that was fitted: how much of the weighted variance it explains (1 is all), and its constant. */
  readonly surrogate?: { readonly r2: number; readonly intercept: number };
}

export type Options = Readonly<Record<string, number | string | boolean>>;

/** Ids that can stand in for a token that is taken away; null where the vocabulary has none. */
export interface Substitutes {
  readonly pad: number | null;
  readonly mask: number | null;
  readonly unknown: number | null;
  /** Ids of " ...", which stand for any number of tokens that are gone. */
  readonly ellipsis?: readonly number[];
  /** Ids of another text without special tokens, for baselines that are texts, cut or padded to so many. */
  encode?(text: string, tokens: number): readonly number[];
}

/** What a method is given. */
export interface MethodContext {
  readonly engine: Pick<Engine, "family" | "task" | "layers" | "sites">;
  readonly trace: Trace;
  readonly target: Target;
  readonly passes: Passes;
  readonly units: readonly Unit[];
  readonly substitutes: Substitutes;
  /** Every draw of a sampled method follows from it. */
  readonly seed: number;
  /** Told as often as it likes: how much is done, and the values as they stand. */
  onPartial(progress: { readonly done: number; readonly total: number; readonly values?: readonly number[] }): void;
}

export interface MethodResult {
  readonly values: readonly number[];
  readonly completeness?: Completeness;
  readonly details?: Details;
}

/** What a person is told of a method. */
export interface MethodInfo {
  readonly id: string;
  readonly label: string;
  readonly measures: string;
  readonly strength: string;
  readonly weakness: string;
  /** In forward passes (F) and backward passes (B), as a formula of n units. */
  readonly cost: string;
  /** It reads what was there already, and explains where the model gives no answer too. */
  readonly targetless?: true;
  readonly source: string;
  /** What else a person should know before using it. */
  readonly note?: string;
  readonly signed: boolean;
  /** `given` came with a trace, from wherever it was computed. */
  readonly family: "attention" | "gradient" | "relevance" | "perturbation" | "baseline" | "given";
  readonly parameters: readonly Parameter[];
}

/** One explanation method: one file in methods/ and one line in its index. */
export interface Method extends MethodInfo {
  /**
   * One value a unit. Options are complete and were checked against the parameters.
   * @throws RangeError for options that this model or text hasn't; GraphError where the graph lacks what it needs
   */
  run(context: MethodContext, options: Options): Promise<MethodResult>;
}
