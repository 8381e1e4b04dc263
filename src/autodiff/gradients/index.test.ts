import { describe, expect, it } from "vitest";
import { cases } from "../testing/cases";
import { gradientError } from "../testing/gradient-case";

describe("gradients of operators agree with finite differences", () => {
  it.each(cases.map((each) => [`${each.operator} ${each.form} ${each.opset ?? ""}`.trim(), each] as const))(
    "%s",
    async (_, each) => {
      expect(await gradientError(each)).toBeLessThan(each.float32 ? 5e-5 : 1e-8);
    },
  );
});
