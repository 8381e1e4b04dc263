import { describe, expect, it } from "vitest";
import { expectClose, runMethod } from "../testing/run-method";
import { meanGradient, pad, SmallTransformer, sizes, smallContext, valueAt } from "../testing/small-transformer";
import { deeplift } from "./deeplift";

const { width } = sizes;
const model = new SmallTransformer(false);
const base = model.embeddings([0, pad, pad, pad, 1]);
const times = (x: Float64Array, multipliers: Float64Array) =>
  Array.from({ length: 5 }, (_, t) => {
    let sum = 0;
    for (let i = t * width; i < (t + 1) * width; i++) sum += (x[i] - base[i]) * multipliers[i];
    return sum;
  });

describe("DeepLIFT", { timeout: 60_000 }, () => {
  it("is the way from the baseline times its multipliers, and complete", async () => {
    const context = smallContext(model, { target: { against: 2 } });
    const x = model.embeddings(context.trace.encoding.ids);
    const { values, completeness } = await runMethod(deeplift, context);
    expectClose(values, times(x, meanGradient(model, x, base, context.target)));
    expect(completeness!.expected).toBeCloseTo(
      valueAt(model, x, context.target) - valueAt(model, base, context.target),
      8,
    );
    expect(completeness!.sum).toBeCloseTo(completeness!.expected, 3);
  });

  it("as Captum is the way times what its own rules give", async () => {
    const context = smallContext(model);
    const x = model.embeddings(context.trace.encoding.ids);
    const { values, completeness, cost } = await runMethod(deeplift, context, { rules: "captum" });
    expectClose(values, times(x, model.at(x, context.target, "embedding").gradient));
    expect(Math.abs(completeness!.sum - completeness!.expected)).toBeGreaterThan(0.05);
    expect(cost).toMatchObject({ forward: 3, backward: 1 });
  });
});
