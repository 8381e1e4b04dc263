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

/** One form of each operator that isn't of the standard's newest opsets, and those that use axes as inputs or attributes. */
const everyOpset = cases.filter(
  ({ operator, form, opset }, i) =>
    opset === undefined &&
    operator !== "Einsum" && // of opset 12
    (cases.findIndex((c) => c.operator === operator) === i || /packed|cache|sinks|lengths|neighbours/.test(form)),
);

describe.each([11, 13, 22])("so it is at opset %i", (opset) => {
  test.each(everyOpset.map((each) => [`${each.operator}: ${each.form}`, each] as const))("%s", async (_name, each) => {
    await compare({ ...each, opset, sizes: [each.sizes?.[0] ?? { B: 2, S: 5, T: 7, P: 3 }] });
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
