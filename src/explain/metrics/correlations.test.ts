import { describe, expect, it } from "vitest";
import { kendall } from "./kendall";
import { topOverlap } from "./overlap";
import { ranksOf } from "./ranks";
import { spearman } from "./spearman";

const tied = [
  [0.1, 0.9, -0.3, 0.4, 0.4, 0.05, 0.7],
  [3, 1, 2, 2, 5, 0, 4],
] as const;
const eight = [
  [1, 2, 3, 4, 5, 6, 7, 8],
  [2, 1, 4, 3, 7, 8, 6, 5],
] as const;
const twenty = [
  [
    0.35, 0.82, 0.33, -1.3, 0.91, 0.45, -0.54, 0.58, 0.36, 0.29, 0.03, 0.55, -0.74, -0.16, -0.48, 0.6, 0.04, -0.29,
    -0.78, -0.26,
  ],
  [0.2, 0.1, 1.5, 0.4, -2.3, -1.7, -0.4, -0.1, 0.4, 0.4, 2.1, -0.8, -0.7, 2.0, 0.4, 1.0, -0.5, -1.8, -0.2, -0.0],
] as const;
const forty = [
  [
    -1.227352, -0.683227, -0.072044, -0.944752, -0.09827, 0.095483, 0.035586, -0.506292, 0.593748, 0.891167, 0.320848,
    -0.81823, 0.731652, -0.50144, 0.879161, -1.071787, 0.914467, -0.020063, -1.248749, -0.313899, 0.054102, 0.272791,
    -0.982188, -1.107373, 0.199585, -0.46675, 0.235506, 0.75952, -1.648787, 0.254388, 1.224647, -0.297527, -0.810815,
    0.752244, 0.253447, 0.895883, -0.345216, -1.481818, -0.110011, -0.445828,
  ],
  [
    0.284383, -0.079658, -1.659667, -1.573064, 0.844481, 0.717958, -0.626009, -0.203566, 0.683073, 0.824871, 1.004581,
    -0.070806, 0.197832, -0.459424, 1.407407, -2.679569, 0.227131, 0.024975, -1.924849, 0.207254, -0.62964, 0.971561,
    -0.518467, 0.226204, 1.298678, 0.19623, -0.781519, -1.210511, 1.093869, -0.009537, -0.198706, 0.025246, -0.515737,
    1.15304, 0.135307, 0.372103, -0.852666, -0.123159, -1.077871, 0.487558,
  ],
] as const;

type Pair = readonly [readonly number[], readonly number[]];
const reversed: Pair = [eight[0], [...eight[0]].reverse()];

/** Every order, one by one: what the exact p says. */
function sharesOfAllOrders(a: readonly number[], b: readonly number[]): number {
  const [x, y] = [ranksOf(a), ranksOf(b)].map((r) => r.map((v) => v - (r.length + 1) / 2));
  const seen = Math.abs(x.reduce((sum, v, i) => sum + v * y[i], 0));
  let [far, all] = [0, 0];
  const visit = (rest: readonly number[], at: number, sum: number): void => {
    if (rest.length === 0) {
      all++;
      if (Math.abs(sum) >= seen - 1e-9) far++;
    }
    rest.forEach((v, i) => {
      visit([...rest.slice(0, i), ...rest.slice(i + 1)], at + 1, sum + x[at] * v);
    });
  };
  visit(y, 0, 0);
  return far / all;
}

describe("Spearman's rho", () => {
  it.each<[string, Pair, number, number]>([
    ["ties", tied, 0.20909090909090908, 0.6527444269181033],
    ["eight units", eight, 0.7380952380952381, 0.03655276105286081],
    ["twenty units", twenty, -0.08075529195855784, 0.7350256791165395],
    ["forty units", forty, 0.35422138836772993, 0.024927863930531726],
  ])("is SciPy's with its p by Student's t: %s", (_, [a, b], rho, p) => {
    const found = spearman(a, b, "t");
    expect(found).toMatchObject({ n: a.length, by: "t" });
    expect(found.rho).toBeCloseTo(rho, 13);
    expect(found.p).toBeCloseTo(p, 12);
  });

  it("counts every order of few units, ties or not", () => {
    for (const [a, b] of [
      tied,
      eight,
      reversed,
      [
        [1, 2, 2, 3],
        [1, 1, 4, 9],
      ] as Pair,
    ]) {
      const found = spearman(a, b);
      expect(found.by).toBe("permutations");
      expect(found.p).toBeCloseTo(sharesOfAllOrders(a, b), 12);
    }
    expect(spearman(...tied).p).toBeCloseTo(0.6448412698412699, 12);
    expect(spearman(...eight).p).toBeCloseTo(0.04583333333333333, 12);
  });

  it("uses Student's t where there are too many orders", () => {
    expect(spearman(...twenty)).toEqual(spearman(...twenty, "t"));
  });

  it("has no coefficient for values that are all the same, and none of one unit", () => {
    expect(spearman([1, 1, 1], [1, 2, 3])).toEqual({ rho: null, p: null, n: 3, by: null });
    expect(spearman([1], [2]).rho).toBeNull();
    expect(spearman([1, 2], [2, 1], "t")).toEqual({ rho: -1, p: null, n: 2, by: null });
    expect(() => spearman([1], [1, 2])).toThrow("unequal lengths: 1 and 2 values");
    expect(() => spearman([1, Number.NaN], [1, 2])).toThrow("no rank: NaN");
  });
});

describe("Kendall's tau-b", () => {
  it.each<[string, Pair, number, number, string]>([
    ["ties", tied, 0.15, 0.6449242651922074, "normal"],
    ["eight units", eight, 0.5, 0.10868055555555556, "permutations"],
    ["twenty units, ties", twenty, -0.06417938247608372, 0.6957088687937522, "normal"],
    ["twenty units with themselves", [twenty[0], twenty[0]], 1, 8.22063524662433e-19, "permutations"],
    ["all turned round", reversed, -1, 4.96031746031746e-5, "permutations"],
    ["forty units", forty, 0.23846153846153847, 0.030227807155613382, "normal"],
  ])("is SciPy's: %s", (_, [a, b], tau, p, by) => {
    const found = kendall(a, b);
    expect(found.by).toBe(by);
    expect(found.rho).toBeCloseTo(tau, 13);
    expect(Math.abs((found.p as number) / p - 1)).toBeLessThan(1e-9);
  });
});

describe("ranks and tops", () => {
  it("gives equal values the mean of their ranks", () => {
    expect(ranksOf([3, 1, 3, -2, 3])).toEqual([4, 2, 4, 1, 4]);
  });

  it("counts what two tops share, of as many units as there are", () => {
    expect(topOverlap([5, 4, 3, 0], [5, 0, 3, 4], 3)).toBeCloseTo(2 / 3);
    expect(topOverlap([1, 2], [2, 1], 3)).toBe(1);
    expect(topOverlap([], [])).toBeNull();
  });
});
