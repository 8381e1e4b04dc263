import { ExplainerError, type Failure } from "./protocol";

/** How a call ended, as it crosses the worker's boundary: thrown errors would lose all but their text there. */
export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: Failure };

/** An API of which every call ends in an outcome. */
export type Outcomes<Api> = {
  [K in keyof Api]: Api[K] extends (...args: infer A) => Promise<infer T> ? (...args: A) => Promise<Outcome<T>> : never;
};

/** The value, or the failure as the error that it was. */
export function unwrap<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  throw new ExplainerError(outcome.failure);
}
