import { describe, expect, it } from "vitest";
import { entropy } from "./entropy";
import { gini } from "./gini";

describe("how spread out values are", () => {
  it("is by magnitude, by definition", () => {
    const values = [0.5, -0.2, 0, 0.3];
    expect(entropy(values)).toBeCloseTo(-(0.5 * Math.log(0.5) + 0.2 * Math.log(0.2) + 0.3 * Math.log(0.3)), 14);
    // Half the mean difference of two units drawn at random, over the mean.
    const sizes = values.map(Math.abs);
    const differences = sizes.flatMap((a) => sizes.map((b) => Math.abs(a - b)));
    const mean = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0) / list.length;
    expect(gini(values)).toBeCloseTo(mean(differences) / 2 / mean(sizes), 14);
  });

  it("goes from one unit with everything to all alike", () => {
    expect([entropy([0, -3, 0]), gini([0, -3, 0])]).toEqual([0, 2 / 3]);
    expect(entropy([2, -2, 2])).toBeCloseTo(Math.log(3));
    expect(gini([2, -2, 2])).toBeCloseTo(0);
  });

  it("is unknown where all are 0", () => {
    expect([entropy([0, 0]), gini([])]).toEqual([null, null]);
  });
});
