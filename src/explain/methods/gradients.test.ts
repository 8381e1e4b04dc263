import { describe, expect, it } from "vitest";
import { expectClose, runMethod } from "../testing/run-method";
import { SmallTransformer, sizes, smallContext } from "../testing/small-transformer";
import { gradientXInput } from "./gradient-x-input";
import { layerGradientXActivation } from "./layer-gradient-x-activation";
import { saliency } from "./saliency";

const model = new SmallTransformer(true);
const { width, layers } = sizes;
const perToken = (place: string, target: object, of: (value: number[], gradient: number[]) => number) => {
  const context = smallContext(model, { target });
  const { value, gradient } = model.at(model.embeddings(context.trace.encoding.ids), context.target, place);
  return Array.from({ length: 5 }, (_, t) =>
    of([...value.slice(t * width, (t + 1) * width)], [...gradient.slice(t * width, (t + 1) * width)]),
  );
};
const dot = (a: number[], b: number[]) => a.reduce((sum, v, i) => sum + v * b[i], 0);
const targets = [
  {},
  { position: 2, against: 0 },
  { as: "log-probability" },
  { as: "probability", against: 2 },
] as const;

describe.each(targets)("gradients of a target %o", (target) => {
  it("times input are dot products of embeddings and gradients", async () => {
    const { values, cost } = await runMethod(gradientXInput, smallContext(model, { target }));
    expectClose(values, perToken("embedding", target, dot));
    expect(cost).toMatchObject({ forward: 1, backward: 1 });
  });

  it.each([
    ["l2", (g: number[]) => Math.hypot(...g)],
    ["l1", (g: number[]) => g.reduce((sum, v) => sum + Math.abs(v), 0)],
    ["max", (g: number[]) => Math.max(...g.map(Math.abs))],
  ] as const)("have their size as saliency, %s", async (norm, size) => {
    const { values, cost } = await runMethod(saliency, smallContext(model, { target }), { norm });
    expectClose(
      values,
      perToken("embedding", target, (_, g) => size(g)),
    );
    expect(cost).toMatchObject({ forward: 1, backward: 1 });
  });

  it("times activations are dot products at a layer", async () => {
    for (const [layer, place] of [
      [0, "residual 1"],
      [layers - 1, `residual ${layers}`],
      ["embedding", "residual 0"],
      ["middle", "residual 2"],
      ["last", `residual ${layers}`],
    ] as const) {
      const { values, cost } = await runMethod(layerGradientXActivation, smallContext(model, { target }), { layer });
      expectClose(values, perToken(place, target, dot));
      expect(cost).toMatchObject({ forward: 1, backward: 1 });
    }
  });
});

describe("gradient methods", () => {
  it("sum a word's tokens, the sizes of saliency too", async () => {
    for (const method of [gradientXInput, saliency]) {
      const v = (await runMethod(method, smallContext(model))).values;
      const words = await runMethod(method, smallContext(model, { unit: "word" }));
      expectClose(words.values, [v[0], v[1] + v[2], v[3], v[4]]);
    }
  });

  it("refuse a layer that isn't there, and say where no stream was found", async () => {
    const context = smallContext(model);
    for (const layer of [-1, layers])
      await expect(runMethod(layerGradientXActivation, context, { layer })).rejects.toThrow(
        `no layer: ${layer}; this model has 0 to 2`,
      );
    const passes = { ...context.passes, has: () => false };
    await expect(runMethod(layerGradientXActivation, { ...context, passes }, { layer: 1 })).rejects.toThrow(
      "no residual stream: after 2 blocks",
    );
  });
});
