import { describe, expect, it } from "vitest";
import type { Options } from "../attribution";
import { expectClose, runMethod } from "../testing/run-method";
import { SmallTransformer, sizes, smallContext } from "../testing/small-transformer";
import { rollout } from "./rollout";

type Matrix = number[][];
const T = 5;

/** The definition, entry by entry. */
function naive(
  probs: Float64Array[],
  o: { fusion: string; discard: number; residual: number; literal: boolean },
): Matrix {
  const eye: Matrix = Array.from({ length: T }, (_, i) => Array.from({ length: T }, (_, j) => (i === j ? 1 : 0)));
  let result = eye;
  for (const layer of probs) {
    const at = (h: number, i: number, j: number) => layer[(h * T + i) * T + j];
    const fuse = {
      mean: (v: number[]) => v.reduce((a, b) => a + b) / v.length,
      max: (v: number[]) => Math.max(...v),
      min: (v: number[]) => Math.min(...v),
    };
    const matrix = eye.map((row, i) =>
      row.map((_, j) => fuse[o.fusion as "mean"](Array.from({ length: sizes.heads }, (_, h) => at(h, i, j)))),
    );
    const cells = matrix
      .flatMap((row, i) => row.map((value, j) => ({ i, j, value })))
      .sort((a, b) => a.value - b.value);
    for (const { i, j } of cells.slice(0, Math.floor(T * T * o.discard))) if (i + j > 0) matrix[i][j] = 0;
    const mixed = matrix.map((row, i) => row.map((v, j) => (1 - o.residual) * v + (i === j ? o.residual : 0)));
    const sums = mixed.map((row) => row.reduce((a, b) => a + b));
    const step = mixed.map((row, i) => row.map((v, j) => v / sums[o.literal ? j : i]));
    const before = result;
    result = step.map((row) => row.map((_, j) => row.reduce((sum, v, k) => sum + v * before[k][j], 0)));
  }
  return result;
}

const model = new SmallTransformer(false);
const probsOf = async (context: ReturnType<typeof smallContext>) =>
  Promise.all(context.trace.sites.map(async (s) => (await context.trace.attention(s.index)).data as Float64Array));

describe("attention rollout", () => {
  for (const fusion of ["mean", "max", "min"])
    for (const discard of [0, 0.5, 0.9])
      for (const [residual, literal] of [
        [0.5, false],
        [0.2, false],
        [0.5, true],
      ] as const)
        it(`is the product of layers: ${fusion}, discard ${discard}, residual ${residual}, literal ${literal}`, async () => {
          const context = smallContext(model);
          const options: Options = { fusion, discard, residual, normalise: literal ? "vit-explain" : "rows" };
          const { values, details, cost } = await runMethod(rollout, context, options);
          const wanted = naive(await probsOf(context), { fusion, discard, residual, literal });
          expectClose(values, wanted[0]);
          expectClose(details!.matrix!, wanted.flat(), 1e-6);
          expect(cost).toMatchObject({ forward: 0, backward: 0 });
        });

  it("has rows that sum to 1, and with the literal division has not", async () => {
    const sums = async (normalise: string) => {
      const { details } = await runMethod(rollout, smallContext(model), { discard: 0.5, normalise });
      return Array.from({ length: T }, (_, i) => details!.matrix!.slice(i * T, i * T + T).reduce((a, b) => a + b));
    };
    expectClose(await sums("rows"), new Array(T).fill(1), 1e-6);
    expect(Math.max(...(await sums("vit-explain")).map((s) => Math.abs(s - 1)))).toBeGreaterThan(0.01);
  });

  it("reads the target's row, of a whole text the last token's in decoders, and stops at a layer", async () => {
    const causal = new SmallTransformer(true);
    const context = smallContext(causal, { target: { position: 2 } });
    const wanted = naive((await probsOf(context)).slice(0, 2), {
      fusion: "mean",
      discard: 0,
      residual: 0.5,
      literal: false,
    });
    expectClose((await runMethod(rollout, context, { layer: 1 })).values, wanted[2]);
    const whole = smallContext(causal, { target: { position: null } });
    expectClose((await runMethod(rollout, whole, { layer: 1 })).values, wanted[4]);
    await expect(runMethod(rollout, context, { layer: 3 })).rejects.toThrow("no layer: 3; this model has 0 to 2");
  });

  it("sums the tokens of a word and tells how far it is", async () => {
    const context = smallContext(model, { unit: "word" });
    const tokens = await runMethod(rollout, smallContext(model));
    const words = await runMethod(rollout, context);
    const v = tokens.values;
    expectClose(words.values, [v[0], v[1] + v[2], v[3], v[4]]);
    expect(context.progress.map((p) => p.done)).toEqual([1, 2, 3]);
  });
});
