import type { Encoding } from "../text/encoding";
import type { Engine } from "./engine";
import type { Target } from "./target";
import type { Trace } from "./trace";

/** What a method says of a text: one value a token. */
export interface Attribution {
  readonly method: string;
  readonly target: Target;
  readonly encoding: Encoding;
  readonly values: readonly number[];
  /** Whether values carry a sign: for and against the target. */
  readonly signed: boolean;
  /** How far the values are from summing to what they explain, where the method promises that. */
  readonly completeness?: number;
  readonly cost: { readonly forward: number; readonly backward: number; readonly ms: number };
}

export type Options = Readonly<Record<string, number | string | boolean>>;

/** What a method is given. */
export interface MethodContext {
  readonly engine: Engine;
  readonly trace: Trace;
  readonly target: Target;
}

/** One explanation method: one file in methods/ and one line in its index. */
export interface Method {
  readonly id: string;
  readonly label: string;
  readonly measures: string;
  readonly strength: string;
  readonly weakness: string;
  /** In forward passes (F) and backward passes (B), as a formula. */
  readonly cost: string;
  readonly source: string;
  readonly signed: boolean;
  readonly defaults: Options;
  /** Values per token and the passes that were run beyond the trace's own. Throws for options that it hasn't. */
  run(
    context: MethodContext,
    options: Options,
  ): Promise<{ values: readonly number[]; forward: number; backward: number; completeness?: number }>;
}
