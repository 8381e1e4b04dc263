import { describe, expect, it } from "vitest";
import type { Options } from "../attribution";
import { optionsOf } from "../parameter";
import { randomOf } from "../random";
import { type Analytic, analyticContext, tangled } from "../testing/analytic";
import { formula } from "../testing/formula";
import { allCoalitions } from "./exact-shapley";
import { bagOf, drawHoles, kernelWeight, type LimeOptions, lime, limeOf } from "./lime";

const options: LimeOptions = { features: 10, width: 25, kernel: "lime", selection: "auto" };
const seen = allCoalitions(7).filter((_, index) => index % 3 !== 2);
const worth = seen.map(formula);

const ids = [7, 10, 11, 12, 13, 14, 15, 8];
const special = ids.map((_, i) => i === 0 || i === 7);

async function run(given: Options = {}, over: Partial<Analytic> = {}) {
  const made = analyticContext({ ids, special, logit: tangled, ...over });
  return { ...(await lime.run(made.context, optionsOf(lime.parameters, given))), ...made };
}

describe("LIME", () => {
  // lime 0.2.0.1, LimeBase.explain_instance_with_data on the same masks and values, with lime_text's kernel
  it.each([
    ["3", { features: 3 }, -0.58032329, "0 2.81111249, 1 1.6017328, 4 -1.21829243", 0.81186254],
    [
      "6",
      { features: 6 },
      -0.81412734,
      "0 2.84047978, 1 1.59948427, 4 -1.18892514, 3 -0.79834713, 5 0.61193145, 2 0.52224287",
      0.90107445,
    ],
    [
      "10",
      { features: 10 },
      -1.13188657,
      "0 2.86880445, 1 1.60848904, 4 -1.16060047, 3 -0.78934237, 5 0.62093622, 2 0.55056754, 6 0.41961456",
      0.91342345,
    ],
    [
      "4 of the highest weights",
      { features: 4, selection: "highest" },
      -0.02142343,
      "0 2.79616166, 1 1.54960304, 4 -1.23324327, 3 -0.84822836",
      0.85814794,
    ],
  ])("fits as the reference does: %s", (_, given, intercept, coefficients, r2) => {
    const found = limeOf(seen, worth, { ...options, ...(given as Partial<LimeOptions>) });
    expect(found.intercept).toBeCloseTo(intercept, 7);
    expect(found.r2).toBeCloseTo(r2, 7);
    const expected = new Array<number>(7).fill(0);
    for (const pair of coefficients.split(", ")) expected[Number(pair.split(" ")[0])] = Number(pair.split(" ")[1]);
    for (const [p, value] of found.values.entries()) expect(value).toBeCloseTo(expected[p], 7);
  });

  it("weighs by the root of the kernel, as the code does, or by the kernel, as the paper does", () => {
    const half = Uint8Array.of(1, 0, 1, 0, 1, 0, 1, 0, 1, 0);
    const tenth = Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    expect(kernelWeight(half, options)).toBeCloseTo(0.5034, 4);
    expect(kernelWeight(tenth, options)).toBeCloseTo(0.02375, 5);
    expect(kernelWeight(new Uint8Array(10), options)).toBeCloseTo(3.35e-4, 6);
    expect(kernelWeight(half, { ...options, kernel: "nosqrt" })).toBeCloseTo(0.5034 ** 2, 4);
  });

  it("draws the text first, then holes of every size equally often", () => {
    const drawn = drawHoles(randomOf(1), 8, 8001, 8);
    expect([...drawn[0]].join("")).toBe("11111111");
    const sizes = new Array<number>(9).fill(0);
    const gone = new Array<number>(8).fill(0);
    for (const coalition of drawn.slice(1)) {
      sizes[coalition.filter((there) => there === 0).length]++;
      coalition.forEach((there, p) => {
        gone[p] += 1 - there;
      });
    }
    expect(sizes[0]).toBe(0);
    for (const n of sizes.slice(1)) expect(Math.abs(n - 1000)).toBeLessThan(120); // 4 standard deviations
    for (const n of gone) expect(Math.abs(n - 4500)).toBeLessThan(180);
  });

  it("comes to the fit over all coalitions that its draws stand for, and says how good it is", async () => {
    const { values, details, spent, partials } = await run({ samples: 10_000, drop: "asked" });
    const whole = allCoalitions(6);
    const value = (coalition: Uint8Array) =>
      tangled({
        ids: ids.map((id, i) => (special[i] || coalition[i - 1] ? id : 1)),
        ...{ mask: [], segments: [], position: null },
      });
    // each size of hole is equally likely: so a coalition counts one over how many there are of its size
    const many: Uint8Array[] = whole.flatMap((coalition) => {
      const size = 6 - coalition.reduce((sum, there) => sum + there, 0);
      const ways = [0, 6, 15, 20, 15, 6, 1][size];
      return size === 0 ? [] : new Array<Uint8Array>(60 / ways).fill(coalition);
    });
    const exact = limeOf(many, many.map(value), { ...options, selection: "all" });
    expect(details!.surrogate!.r2).toBeGreaterThan(0.3);
    expect(details!.surrogate!.r2).toBeLessThan(1);
    for (const [i, v] of values.slice(1, 7).entries()) expect(Math.abs(v - exact.values[i])).toBeLessThan(0.05);
    expect([values[0], values[7]]).toEqual([0, 0]);
    expect(spent.forward).toBe(64);
    expect(partials.length).toBeGreaterThan(10);
  });

  it("explains the probability unless asked otherwise, gives ten weights, and follows its seed", async () => {
    const long = Array.from({ length: 30 }, (_, i) => 20 + i);
    const text = { ids: long, special: long.map(() => false) };
    const { values, spent, rows } = await run({}, { ...text, seed: 3 });
    expect(values.filter((v) => v !== 0)).toHaveLength(10);
    expect(spent.forward).toBeGreaterThan(900);
    expect(spent.forward).toBeLessThanOrEqual(1000);
    expect(rows.every((row) => row.ids.every((id, i) => id === long[i] || id === 1))).toBe(true);
    expect((await run({}, { ...text, seed: 3 })).values).toEqual(values);
    expect((await run({}, { ...text, seed: 4 })).values).not.toEqual(values);
    const logits = (await run({ drop: "logit" }, { ...text, seed: 3 })).values;
    expect(logits).not.toEqual(values);
  });

  it("takes equal units as one and deletes them all, where asked", async () => {
    const repeated = { ids: [7, 10, 11, 10, 12, 8], special: [true, false, false, false, false, true] };
    const { values, rows } = await run({ bag: true, samples: 50 }, repeated);
    expect(values[1]).toBe(values[3]);
    expect(values[1]).not.toBe(0);
    expect(rows.every(({ ids }) => ids.filter((id) => id === 10).length !== 1)).toBe(true);
    expect(rows.every(({ ids }) => !ids.includes(1) && ids[0] === 7 && ids.at(-1) === 8)).toBe(true);
    expect(rows.some(({ ids }) => ids.length === 2)).toBe(true);
    expect(
      bagOf(
        [
          { tokens: [0, 1], special: false },
          { tokens: [2], special: false },
          { tokens: [3, 4], special: false },
        ],
        [5, 6, 5, 5, 6],
      ),
    ).toEqual({
      bag: [
        { tokens: [0, 1, 3, 4], special: false },
        { tokens: [2], special: false },
      ],
      of: [0, 1, 0],
    });
  });

  it("leaves somebody where a text without anyone has no answer", async () => {
    const bare = { ids: [20, 21, 22], special: [false, false, false], causal: true, position: 2 };
    const { rows } = await run({ bag: true, samples: 60 }, bare);
    expect(Math.min(...rows.map(({ ids }) => ids.length))).toBe(1);
  });
});
