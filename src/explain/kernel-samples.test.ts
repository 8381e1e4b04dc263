import { describe, expect, it } from "vitest";
import { constrainedFit, drawAsCaptum, drawKernel, firstOnPath } from "./kernel-samples";
import { allCoalitions, choose, shapleyOf } from "./methods/exact-shapley";
import { captumFit, kernelShap } from "./methods/kernel-shap";
import { optionsOf } from "./parameter";
import { randomOf } from "./random";
import { analyticContext, tangled } from "./testing/analytic";
import { formula } from "./testing/formula";

const coalition = (bits: string) => Uint8Array.from(bits, Number);
const close = (found: readonly number[], expected: readonly number[], digits = 8) => {
  expect(found.length).toBe(expected.length);
  for (const [i, v] of found.entries()) expect(v).toBeCloseTo(expected[i], digits);
};
const exact = (players: number) => shapleyOf(allCoalitions(players).map(formula), players);
const whole = (players: number) => formula(new Array<number>(players).fill(1));

describe("the samples of Kernel SHAP", () => {
  it("are every coalition with the kernel's weight, where there are few, and then the values are exact", () => {
    for (const players of [2, 3, 4, 7, 10]) {
      const samples = drawKernel(randomOf(0), players, 2 * players + 2048);
      expect(samples.coalitions).toHaveLength(2 ** players - 2);
      expect(new Set(samples.coalitions.map(String)).size).toBe(2 ** players - 2);
      const kernel = (size: number) => (players - 1) / (choose(players, size) * size * (players - size));
      const sizes = samples.coalitions.map((c) => c.reduce((sum, there) => sum + there, 0));
      const ratio = samples.weights[0] / kernel(sizes[0]);
      close(
        samples.weights,
        sizes.map((size) => ratio * kernel(size)),
        12,
      );
      close(constrainedFit(samples, samples.coalitions.map(formula), 0, whole(players)), exact(players));
    }
  });

  // shap 0.51, KernelExplainer with l1_reg=False: what it drew and found
  it("fit what the reference finds from its own draws", () => {
    const drawn =
      "01000 1,10111 1,11000 2,00111 2,00101 2,11010 2,00100 1,11011 1,00010 2,11101 2,00011 1,11100 1,00001 1,11110 1";
    const rows = drawn.split(",").map((row) => row.split(" "));
    const samples = { coalitions: rows.map(([bits]) => coalition(bits)), weights: rows.map(([, w]) => Number(w) / 20) };
    close(
      constrainedFit(samples, samples.coalitions.map(formula), 0, whole(5)),
      [1.84147098, 1.46930394, 0.54747899, -0.89651039, -1.03769859],
      7,
    );
    close(
      constrainedFit(
        drawKernel(randomOf(0), 4, 2056),
        drawKernel(randomOf(0), 4, 2056).coalitions.map(formula),
        0,
        whole(4),
      ),
      [2.02480432, 1.18172173, 0.54058021, -0.70658841],
      7,
    );
  });

  // shap 0.51, KernelExplainer with l1_reg="num_features(k)" on every coalition
  it.each([
    [6, 3, [2.15103457, 1.11891011, 0, 0, 0, 0.31894475]],
    [8, 4, [3.08490106, 1.70487714, 0, 0, -0.90365273, 0, 0, 1.0114951]],
    [8, 10, [3.02480432, 1.6447804, 0.33654525, -0.76231877, -0.96374946, 0.30005693, 0.36610355, 0.95139836]],
    [7, 1, [3.9841821, 0, 0, 0, 0, 0, 0]],
  ])("keep of %i players the %i that the reference keeps, and give them its values", (players, kept, expected) => {
    const samples = drawKernel(randomOf(0), players, 2 * players + 2048);
    const of = [samples, samples.coalitions.map(formula), 0, whole(players)] as const;
    close(constrainedFit(...of, firstOnPath(...of, kept)), expected, 7);
  });

  it("take whole sizes while they last, then pairs, as heavy as what they stand for", () => {
    const { coalitions, weights } = drawKernel(randomOf(5), 6, 40);
    expect(coalitions).toHaveLength(40);
    expect(new Set(coalitions.map(String)).size).toBe(40);
    close(weights.slice(0, 12), new Array(12).fill(0.04379562));
    for (const c of coalitions.slice(12)) expect([2, 3, 4]).toContain(c.reduce((sum, there) => sum + there, 0));
    expect(weights.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
  });

  it("need not be many to be near", () => {
    const truth = exact(12);
    const error = (samples: number, seed: number) => {
      const drawn = drawKernel(randomOf(seed), 12, samples);
      const found = constrainedFit(drawn, drawn.coalitions.map(formula), 0, whole(12));
      expect(found.reduce((a, b) => a + b, 0)).toBeCloseTo(whole(12), 8);
      return Math.max(...found.map((v, i) => Math.abs(v - truth[i])));
    };
    expect(error(2000, 1)).toBeLessThan(0.08);
    expect(error(2000, 1)).toBeLessThan(error(60, 1) / 2);
  });

  it("are drawn by the kernel's sizes where Captum is asked for, and come to the same values", () => {
    const samples = drawAsCaptum(randomOf(2), 6, 20_000);
    expect(samples.weights.slice(0, 3)).toEqual([1e6, 1e6, 1]);
    const counts = new Array<number>(7).fill(0);
    for (const c of samples.coalitions.slice(2)) counts[c.reduce((sum, there) => sum + there, 0)]++;
    const share = [1, 2, 3, 4, 5].map((k) => 1 / (k * (6 - k)));
    const sum = share.reduce((a, b) => a + b, 0);
    for (const [k, s] of share.entries()) expect(counts[k + 1] / 19_998).toBeCloseTo(s / sum, 1);
    const found = captumFit(samples, samples.coalitions.map(formula));
    const truth = exact(6);
    for (const [i, v] of found.entries()) expect(Math.abs(v - truth[i])).toBeLessThan(0.05);
  });
});

describe("Kernel SHAP", () => {
  const ids = [7, 10, 11, 12, 13, 14, 15, 8];
  const made = () => analyticContext({ ids, special: ids.map((_, i) => i === 0 || i === 7), logit: tangled });

  it("is exact on a short text, and adds up", async () => {
    const { context, spent } = made();
    const { values, completeness } = await kernelShap.run(context, optionsOf(kernelShap.parameters));
    const worth = (c: Uint8Array) =>
      tangled({
        ids: ids.map((id, i) => (i === 0 || i === 7 || c[i - 1] ? id : 1)),
        mask: [],
        segments: [],
        position: null,
      });
    close(values, [0, ...shapleyOf(allCoalitions(6).map(worth), 6), 0]);
    expect(completeness!.sum).toBeCloseTo(completeness!.expected, 10);
    expect(spent.forward).toBe(64);
  });

  it("as Captum takes 25 passes at the most, and adds up as well as its weights let it", async () => {
    const { context, spent } = made();
    const { completeness } = await kernelShap.run(context, optionsOf(kernelShap.parameters, { sampling: "captum" }));
    expect(spent.forward).toBeLessThanOrEqual(25);
    expect(completeness!.sum).toBeCloseTo(completeness!.expected, 3);
  });

  it("of a long text costs 2n + 2048 passes", async () => {
    const long = Array.from({ length: 40 }, (_, i) => 20 + i);
    const { context, spent, partials } = analyticContext({ ids: long, logit: tangled });
    await kernelShap.run(context, optionsOf(kernelShap.parameters));
    expect(spent.forward).toBe(2 * 40 + 2048 + 2);
    expect(partials.length).toBeGreaterThan(5);
  });

  it("keeps no more than is asked", async () => {
    const { context } = made();
    const { values, completeness } = await kernelShap.run(context, optionsOf(kernelShap.parameters, { kept: 2 }));
    expect(values.filter((v) => v !== 0)).toHaveLength(2);
    expect(completeness!.sum).toBeCloseTo(completeness!.expected, 10);
  });

  it("of one unit, or none, is what there is", async () => {
    const one = analyticContext({ ids: [20], logit: tangled });
    const { values, completeness } = await kernelShap.run(one.context, optionsOf(kernelShap.parameters));
    expect(values).toEqual([completeness!.expected]);
    const none = analyticContext({ ids: [20], special: [true], logit: tangled });
    expect((await kernelShap.run(none.context, optionsOf(kernelShap.parameters))).values).toEqual([0]);
  });
});
