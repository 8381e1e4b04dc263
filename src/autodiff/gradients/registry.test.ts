import { describe, expect, it } from "vitest";
import { isStop } from "../gradient";
import { cases } from "../testing/cases";
import { gradients } from ".";

describe("the registry", () => {
  const checked = new Set(cases.map((each) => each.operator));

  it("has no rule without a check", () => {
    const ruled = Object.entries(gradients).flatMap(([operator, entry]) => (isStop(entry) ? [] : [operator]));
    expect(ruled.filter((operator) => !checked.has(operator))).toEqual([]);
  });

  it("has no check without a rule", () => {
    expect([...checked].filter((operator) => !(operator in gradients))).toEqual([]);
  });

  it("says why an operator stops", () => {
    for (const entry of Object.values(gradients)) if (isStop(entry)) expect(entry.stops).toMatch(/^[a-z].* .*[a-z]$/);
  });
});
