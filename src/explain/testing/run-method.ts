import { expect } from "vitest";
import type { Attribution, Method, MethodContext, Options } from "../attribution";
import { attribute } from "../explain";

/** Runs a method as a caller does: options checked and completed, passes counted. */
export const runMethod = (method: Method, context: MethodContext, options: Options = {}): Promise<Attribution> =>
  attribute(method, context, options, () => 0);

/** Each pair of numbers agrees to within `error`. */
export function expectClose(found: ArrayLike<number>, wanted: ArrayLike<number>, error = 1e-7): void {
  expect(found.length).toBe(wanted.length);
  for (let i = 0; i < wanted.length; i++)
    expect(Math.abs(found[i] - wanted[i]), `at ${i}: ${found[i]} and ${wanted[i]}`).toBeLessThan(error);
}
