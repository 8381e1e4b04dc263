import { type Explainer, ExplainerError, type Failure } from "../../worker/protocol";
import type { AttentionCache } from "../attention";
import type { Catalog } from "../catalog";
import type { Example } from "../example";
import type { State } from "../state";

/** What the page fetches from its own server. */
export interface Assets {
  catalog(): Promise<Catalog>;
  /** None where the page was built without. */
  examples(): Promise<readonly Example[]>;
}

/** What actions act on. */
export interface Context {
  get(): State;
  set(patch: Partial<State> | ((state: State) => Partial<State>)): void;
  readonly explainer: Explainer;
  readonly attention: AttentionCache;
  readonly assets: Assets;
}

/** What went wrong, as a person can be told. */
export function failureOf(error: unknown): Failure {
  if (error instanceof ExplainerError) return error.failure;
  return { code: "internal", message: error instanceof Error ? error.message : String(error) };
}

export function notify({ set }: Context, ...notices: readonly string[]): void {
  if (notices.length === 0) return;
  set((state) => ({ notices: [...state.notices, ...notices.filter((notice) => !state.notices.includes(notice))] }));
}

/** Keeps a failure for the page to show; what was cancelled is none. */
export function fail(context: Context, error: unknown): void {
  const failure = failureOf(error);
  if (failure.code !== "cancelled") context.set({ failure });
}
