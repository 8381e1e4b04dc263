import { describe, expect, it } from "vitest";
import { expectClose, runMethod } from "../testing/run-method";
import { SmallTransformer, sizes, smallContext } from "../testing/small-transformer";
import { gradientXAttention } from "./gradient-x-attention";

const T = 5;
const { heads, layers, width } = sizes;
const model = new SmallTransformer(false);
const at = (place: string, context: ReturnType<typeof smallContext>) =>
  model.at(model.embeddings(context.trace.encoding.ids), context.target, place);

/** Column sums over the chosen rows of the mean over heads of one layer, weight by weight. */
function naive(context: ReturnType<typeof smallContext>, layer: number, by: string, positive: boolean, rows: number[]) {
  const probs = at(`probs ${layer}`, context);
  const place = by === "probs" ? probs : at(`${by} ${layer}`, context);
  return Array.from({ length: T }, (_, j) => {
    let sum = 0;
    for (const i of rows) {
      let module = 0;
      for (let d = 0; d < width; d++) module += place.value[i * width + d] * place.gradient[i * width + d];
      let mean = 0;
      for (let h = 0; h < heads; h++) {
        const p = (h * T + i) * T + j;
        let weighed = probs.value[p] * place.gradient[p];
        if (by === "heads") {
          const each = width / heads;
          let output = 0;
          for (let d = 0; d < each; d++)
            output += place.value[(h * T + i) * each + d] * place.gradient[(h * T + i) * each + d];
          weighed = probs.value[p] * output;
        } else if (by === "module") weighed = probs.value[p] * module;
        mean += (positive ? Math.max(0, weighed) : weighed) / heads;
      }
      sum += mean;
    }
    return sum;
  });
}

describe("gradient x attention", () => {
  for (const by of ["probs", "heads", "module"])
    for (const sign of ["signed", "positive"])
      for (const rows of ["answer", "all"])
        it(`weighs by ${by}, ${sign}, rows: ${rows}`, async () => {
          const context = smallContext(model, { target: { against: 2 } });
          const chosen = rows === "all" ? [0, 1, 2, 3, 4] : [0];
          const { values, details } = await runMethod(gradientXAttention, context, { layer: 1, by, sign, rows });
          expectClose(values, naive(context, 1, by, sign === "positive", chosen));
          const each = [0, 1, 2, 3, 4].flatMap((i) => naive(context, 1, by, sign === "positive", [i]));
          expectClose(details!.matrix!, each, 1e-6);
          expect(values.some((v) => Math.abs(v) > 1e-3)).toBe(true);
        });

  it("is the mean of the layers unless one is named, for one pass there and back", async () => {
    const context = smallContext(model, { target: { as: "probability" } });
    const { values, cost } = await runMethod(gradientXAttention, context);
    const each = Array.from({ length: layers }, (_, l) => naive(context, l, "probs", false, [0]));
    expectClose(
      values,
      each[0].map((_, j) => each.reduce((sum, layer) => sum + layer[j], 0) / layers),
    );
    expect(cost).toMatchObject({ forward: 1, backward: 1 });
    const last = await runMethod(gradientXAttention, context, { layer: "last" });
    expectClose(last.values, each[layers - 1]);
  });
});
