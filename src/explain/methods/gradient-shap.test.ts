import { describe, expect, it } from "vitest";
import type { Tensor } from "../../tensor/tensor";
import { randomOf } from "../random";
import { expectClose, runMethod } from "../testing/run-method";
import { pad, SmallTransformer, sizes, smallContext } from "../testing/small-transformer";
import { drawGradientShap, gradientShap, gradientShapOf } from "./gradient-shap";
import { integratedGradients } from "./integrated-gradients";

const { width } = sizes;
const size = 5 * width;
const model = new SmallTransformer(false);
const tensorOf = (ids: number[]): Tensor => ({ dtype: "float64", dims: [5, width], data: model.embeddings(ids) });
const bases = [tensorOf([0, pad, pad, pad, 1]), tensorOf([0, 2, 2, 6, 1])];

describe("GradientSHAP", { timeout: 60_000 }, () => {
  it("replays recorded draws", async () => {
    const context = smallContext(model, { target: { against: 0 } });
    const x = model.embeddings(context.trace.encoding.ids);
    const draws = drawGradientShap(randomOf(9), { samples: 4, baselines: 2, stdev: 0.1, size });
    const wanted = new Array<number>(5).fill(0);
    for (const { baseline, alpha, noise } of draws) {
      const from = bases[baseline].data as Float64Array;
      const to = x.map((v, i) => v + noise![i]);
      const point = from.map((b, i) => b + alpha * (to[i] - b));
      const { gradient } = model.at(point, context.target, "embedding");
      for (let i = 0; i < size; i++) wanted[Math.floor(i / width)] += ((to[i] - from[i]) * gradient[i]) / 4;
    }
    // the points are handed over in float32
    expectClose(await gradientShapOf(context, bases, draws), wanted, 1e-5);
  });

  it("draws baselines, places and noise as it says", () => {
    const draws = drawGradientShap(randomOf(2), { samples: 4000, baselines: 2, stdev: 0.5, size: 1 });
    const mean = (of: (d: (typeof draws)[number]) => number) => draws.reduce((sum, d) => sum + of(d), 0) / draws.length;
    expect(mean((d) => d.baseline)).toBeCloseTo(0.5, 1);
    expect(mean((d) => d.alpha)).toBeCloseTo(0.5, 1);
    expect(Math.abs(mean((d) => d.noise![0]))).toBeLessThan(0.04);
    expect(mean((d) => d.noise![0] ** 2)).toBeCloseTo(0.25, 1);
    expect(
      drawGradientShap(randomOf(2), { samples: 3, baselines: 1, stdev: 0, size }).every((d) => d.noise === null),
    ).toBe(true);
  });

  it("follows from the seed, and comes to integrated gradients", async () => {
    const context = smallContext(model);
    const [a, b] = [await runMethod(gradientShap, context), await runMethod(gradientShap, context)];
    expect(a.values).toEqual(b.values);
    expect((await runMethod(gradientShap, { ...context, seed: 2 })).values).not.toEqual(a.values);
    expect(a.cost).toMatchObject({ forward: 7, backward: 5 });
    const many = await runMethod(gradientShap, context, { samples: 150 });
    const exact = await runMethod(integratedGradients, context, { steps: 12 });
    expectClose(many.values, exact.values, 0.2 * Math.max(...exact.values.map(Math.abs)));
    expect(many.completeness!.expected).toBeCloseTo(exact.completeness!.expected, 6);
  });

  it("draws among several baselines", async () => {
    const context = smallContext(model);
    const one = await runMethod(gradientShap, context, { samples: 40 });
    const several = await runMethod(gradientShap, context, { samples: 40, several: true });
    expect(several.cost).toMatchObject({ forward: 44, backward: 40 });
    expect(several.completeness!.expected).not.toBeCloseTo(one.completeness!.expected, 3);
  });
});
