import { describe, expect, it } from "vitest";
import { expectClose, runMethod } from "../testing/run-method";
import { mask, meanGradient, pad, SmallTransformer, sizes, smallContext, valueAt } from "../testing/small-transformer";
import { integratedGradients } from "./integrated-gradients";

const { width } = sizes;
const encoder = new SmallTransformer(false);
const decoder = new SmallTransformer(true);

/** (x - x') ⊙ mean gradient by Simpson's rule, a token. */
function naive(model: SmallTransformer, context: ReturnType<typeof smallContext>, base: Float64Array): number[] {
  const x = model.embeddings(context.trace.encoding.ids);
  const mean = meanGradient(model, x, base, context.target);
  return Array.from({ length: 5 }, (_, t) => {
    let sum = 0;
    for (let i = t * width; i < (t + 1) * width; i++) sum += (x[i] - base[i]) * mean[i];
    return sum;
  });
}

describe("integrated gradients", { timeout: 60_000 }, () => {
  it.each([
    ["padding, special tokens kept", { baseline: "pad" }, [0, pad, pad, pad, 1]],
    ["the mask token", { baseline: "mask" }, [0, mask, mask, mask, 1]],
    ["a text, padded", { baseline: "text", "baseline-text": "62" }, [0, 6, 2, pad, 1]],
  ])("is the mean gradient times the way from %s", async (_, options, ids) => {
    const context = smallContext(encoder, { target: { against: 0 } });
    const { values, completeness, cost } = await runMethod(integratedGradients, context, { ...options, steps: 16 });
    expectClose(values, naive(encoder, context, encoder.embeddings(ids)), 1e-3);
    expect([values[0], values[4]]).toEqual([0, 0]);
    const own = valueAt(encoder, encoder.embeddings(context.trace.encoding.ids), context.target);
    expect(completeness!.expected).toBeCloseTo(own - valueAt(encoder, encoder.embeddings(ids), context.target), 8);
    expect(completeness!.sum).toBeCloseTo(completeness!.expected, 5);
    expect(cost).toMatchObject({ forward: 18, backward: 16 });
  });

  it("replaces every token of a decoder, and nothing of it stays at zero", async () => {
    const context = smallContext(decoder);
    const base = decoder.embeddings([pad, pad, pad, pad, pad]);
    expectClose(
      (await runMethod(integratedGradients, context, { steps: 16 })).values,
      naive(decoder, context, base),
      1e-3,
    );
    const zero = await runMethod(integratedGradients, context, { baseline: "zero", steps: 16 });
    expectClose(zero.values, naive(decoder, context, new Float64Array(5 * width)), 1e-3);
    const kept = await runMethod(integratedGradients, smallContext(encoder), { baseline: "zero", steps: 2 });
    expectClose([kept.values[0], kept.values[4]], [0, 0], 1e-6); // the baseline is handed over in float32
  });

  it("falls short by one part in n by Captum's trapezoid, and not by the right one", async () => {
    const context = smallContext(encoder);
    const run = (rule: string) => runMethod(integratedGradients, context, { rule, steps: 20 });
    const [right, captum] = [await run("trapezoid"), await run("riemann_trapezoid")];
    expectClose(
      captum.values,
      right.values.map((v) => (v * 19) / 20),
      1e-9,
    );
    expect(Math.abs(right.completeness!.sum - right.completeness!.expected)).toBeLessThan(0.02);
  });

  it("shows estimates of the whole while it runs", async () => {
    const context = smallContext(encoder, { unit: "word" });
    const { values } = await runMethod(integratedGradients, context, { steps: 32 });
    expect(context.progress.map((p) => p.done)).toEqual(Array.from({ length: 32 }, (_, i) => i + 1));
    expectClose(context.progress.at(-1)!.values!, values);
    const scale = Math.max(...values.map(Math.abs));
    const quarter = context.progress[7].values!;
    expect(Math.max(...quarter.map((v, i) => Math.abs(v - values[i])))).toBeLessThan(scale);
  });

  it("says what it lacks", async () => {
    const context = { ...smallContext(decoder), substitutes: { pad: null, mask: null, unknown: null } };
    await expect(runMethod(integratedGradients, context)).rejects.toThrow("no pad token: the vocabulary has none");
    await expect(runMethod(integratedGradients, context, { baseline: "text" })).rejects.toThrow(
      "no baseline text: give one",
    );
    const text = { baseline: "text", "baseline-text": "1" };
    await expect(runMethod(integratedGradients, context, text)).rejects.toThrow("without a tokenizer");
  });
});
