import { describe, expect, it } from "vitest";
import { gaussLegendre } from "../quadrature";
import { expectClose, runMethod } from "../testing/run-method";
import { pad, SmallTransformer, sizes, smallContext } from "../testing/small-transformer";
import { layerConductance } from "./layer-conductance";

const { width } = sizes;
const model = new SmallTransformer(false);
const base = model.embeddings([0, pad, pad, pad, 1]);

/** Steps of the activation times the gradient, before them or between, along given points of the way. */
function naive(
  context: ReturnType<typeof smallContext>,
  place: string,
  alphas: ArrayLike<number>,
  left: boolean,
): number[] {
  const x = model.embeddings(context.trace.encoding.ids);
  const looks = Array.from(alphas, (alpha) =>
    model.at(
      base.map((b, i) => b + alpha * (x[i] - b)),
      context.target,
      place,
    ),
  );
  const result = new Array<number>(5).fill(0);
  for (let k = 0; k + 1 < looks.length; k++)
    for (let i = 0; i < 5 * width; i++) {
      const [from, to] = [looks[k], looks[k + 1]];
      const gradient = left ? from.gradient[i] : (from.gradient[i] + to.gradient[i]) / 2;
      result[Math.floor(i / width)] += gradient * (to.value[i] - from.value[i]);
    }
  return result;
}

describe("layer conductance", { timeout: 60_000 }, () => {
  it("sums gradients times steps of the activation over the way", async () => {
    const context = smallContext(model, { target: { as: "log-probability" } });
    const { values, cost, completeness } = await runMethod(layerConductance, context, { layer: 1 });
    expectClose(
      values,
      naive(
        context,
        "residual 2",
        Array.from({ length: 21 }, (_, k) => k / 20),
        false,
      ),
    );
    expect(cost).toMatchObject({ forward: 23, backward: 21 });
    expect(Math.abs(completeness!.sum - completeness!.expected)).toBeLessThan(0.02);
  });

  it("is complete in the limit at every layer", async () => {
    for (const layer of ["embedding", 0, "middle", "last"]) {
      const { completeness } = await runMethod(layerConductance, smallContext(model), { layer, steps: 40 });
      expect(completeness!.sum).toBeCloseTo(completeness!.expected, 2);
    }
  });

  it("is Captum's by the gradient at the left of each step, between Gauss-Legendre nodes", async () => {
    const context = smallContext(model);
    const { values } = await runMethod(layerConductance, context, { layer: 1, rule: "captum", steps: 10 });
    expectClose(values, naive(context, "residual 2", gaussLegendre(11).nodes, true));
  });
});
