import type { Target } from "../explain/target";
import type { Failure, HeadScores, LoadedModel, ModelSource, Progress, RunResult } from "../worker/protocol";

export type ViewId = "heads" | "model";
export type PairFilter = "all" | "aa" | "ab" | "ba" | "bb";

/** A token that the cursor is over or that is pinned: its column (which side of the view) and position. */
export interface TokenRef {
  readonly side: "query" | "key";
  readonly index: number;
}

/** What the views draw: a pass of the running model, or an example that the same engine computed beforehand. */
export interface Shown {
  readonly origin: "live" | "example";
  readonly model: Pick<LoadedModel, "name" | "layers" | "heads" | "sites" | "family" | "labels" | "task">;
  readonly result: RunResult;
  readonly scores: readonly HeadScores[] | null;
}

export interface State {
  /** What the person asked for: `text` is what stands in the field. */
  readonly source: ModelSource;
  readonly text: string;
  readonly pair: string | null;
  /** Ids as typed, for a model without a tokenizer. */
  readonly ids: string | null;
  readonly target: Partial<Target> | null;

  /** What is there. */
  readonly model: LoadedModel | null;
  readonly shown: Shown | null;
  /** The shown result is of an older text than what is typed. */
  readonly stale: boolean;
  readonly loading: Progress | null;
  readonly running: Progress | null;
  readonly failure: Failure | null;
  readonly memory: number | null;

  /** What is looked at. */
  readonly view: ViewId;
  readonly site: number;
  /** Heads that are on in Heads, ascending; never empty. */
  readonly heads: readonly number[];
  /** The head that is open in Model. */
  readonly open: { readonly site: number; readonly head: number } | null;
  readonly hovered: TokenRef | null;
  readonly pinned: TokenRef | null;
  readonly hideSinks: boolean;
  readonly mergeWords: boolean;
  readonly pairFilter: PairFilter;
  readonly curved: boolean;
  readonly theme: "light" | "dark" | "system";
  readonly inspector: boolean;
  /** Bad values of the link, and other things to say once. */
  readonly notices: readonly string[];
}
