import { describe, expect, test } from "vitest";
import { GraphError } from "../error";
import { cases, refusals } from "../testing/cases";
import { compare, rewriteGeneric } from "../testing/rewrite-case";
import { rewrites } from ".";

describe("a fused operator and what its rewrite makes of it give the same", () => {
  test.each(cases.map((each) => [`${each.operator}: ${each.form}`, each] as const))("%s", async (_name, each) => {
    await compare(each);
  });
});

describe("a form that can't be expressed is refused", () => {
  test.each(refusals.map((each) => [`${each.operator}: ${each.form}`, each] as const))("%s", (_name, each) => {
    expect(() => rewriteGeneric(each)).toThrow(GraphError);
    expect(() => rewriteGeneric(each)).toThrow(each.message);
  });
});

test("every rewrite has a case", () => {
  const covered = new Set(cases.map((each) => each.operator));
  expect(Object.keys(rewrites).filter((operator) => !covered.has(operator))).toEqual([]);
});
