import { describe, expect, it } from "vitest";
import { expectClose, runMethod } from "../testing/run-method";
import { SmallTransformer, sizes, smallContext } from "../testing/small-transformer";
import { chefer } from "./chefer";

const T = 5;
const { heads, layers } = sizes;

/** R = I; a layer adds mean over heads of (∇A ⊙ A)⁺ times the R before it. */
function naive(model: SmallTransformer, context: ReturnType<typeof smallContext>): number[][] {
  let R: number[][] = Array.from({ length: T }, (_, i) => Array.from({ length: T }, (_, j) => (i === j ? 1 : 0)));
  for (let l = 0; l < layers; l++) {
    const { value, gradient } = model.at(model.embeddings(context.trace.encoding.ids), context.target, `probs ${l}`);
    const mean = (i: number, j: number) => {
      let sum = 0;
      for (let h = 0; h < heads; h++) {
        const p = (h * T + i) * T + j;
        sum += Math.max(0, value[p] * gradient[p]);
      }
      return sum / heads;
    };
    const before = R;
    R = before.map((row, i) => row.map((r, j) => r + before.reduce((sum, _, k) => sum + mean(i, k) * before[k][j], 0)));
  }
  return R;
}

describe("Chefer relevance", () => {
  it.each([
    ["the first row of an encoder", false, { index: 2 }, 0],
    ["the target's row of a decoder", true, { position: 3, index: 0, as: "log-probability" as const }, 3],
  ])("is %s", async (_, causal, target, row) => {
    const model = new SmallTransformer(causal);
    const context = smallContext(model, { target });
    const { values, details, cost } = await runMethod(chefer, context);
    const wanted = naive(model, context);
    expectClose(values, wanted[row]);
    expectClose(details!.matrix!, wanted.flat(), 1e-6);
    expect(cost).toMatchObject({ forward: 1, backward: 1 });
    const without = await runMethod(chefer, context, { "zero-self": true });
    expectClose(
      without.values,
      wanted[row].map((v, j) => (j === row ? 0 : v)),
    );
  });
});
