import { describe, expect, it } from "vitest";
import { fused, withResidual } from "../attention";
import { layeredFlow } from "../max-flow";
import { expectClose, runMethod } from "../testing/run-method";
import { SmallTransformer, smallContext } from "../testing/small-transformer";
import { attentionFlow } from "./attention-flow";

const model = new SmallTransformer(true);

/** The least capacity of any cut between the answer and a token: by max-flow min-cut the same number, counted another way. */
function leastCut(capacities: Float64Array[], n: number, from: number, to: number): number {
  // nodes between the two ends: all of the middle layers, and the rest of the lowest, which take no part
  const inner = (capacities.length - 1) * n;
  let least = Number.POSITIVE_INFINITY;
  for (let set = 0; set < 2 ** inner; set++) {
    const inside = (layer: number, i: number) =>
      layer === capacities.length
        ? i === from
        : layer === 0
          ? i !== to && false
          : ((set >> ((layer - 1) * n + i)) & 1) === 1;
    let cut = 0;
    capacities.forEach((c, l) => {
      for (let i = 0; i < n; i++)
        for (let j = 0; j < n; j++) if (inside(l + 1, i) && (l > 0 ? !inside(l, j) : j === to)) cut += c[i * n + j];
    });
    least = Math.min(least, cut);
  }
  return least;
}

describe("attention flow", () => {
  it("is the least cut between the answer and each token", async () => {
    const context = smallContext(model);
    const capacities = await Promise.all(
      context.trace.sites.map(async (s) => withResidual(fused(await context.trace.attention(s.index), "mean"), 5, 0.5)),
    );
    const { values, cost } = await runMethod(attentionFlow, context, { scale: "flow" });
    expectClose(
      values,
      [0, 1, 2, 3, 4].map((j) => leastCut(capacities, 5, 4, j)),
      1e-9,
    );
    expectClose(
      values,
      [0, 1, 2, 3, 4].map((j) => layeredFlow(capacities, 5)(4, j)),
      1e-9,
    );
    expect(cost).toMatchObject({ forward: 0, backward: 0 });
    expect(context.progress.at(-1)).toEqual({ done: 5, total: 5 });
  });

  it("is shared out to a sum of 1, as in the reference", async () => {
    const flows = (await runMethod(attentionFlow, smallContext(model), { scale: "flow" })).values;
    const total = flows.reduce((a, b) => a + b);
    expectClose(
      (await runMethod(attentionFlow, smallContext(model))).values,
      flows.map((f) => f / total),
    );
  });

  it("has the answer's row in its matrix, or every token's", async () => {
    const context = smallContext(model);
    const one = await runMethod(attentionFlow, context);
    const row = (of: typeof one, i: number) => [...of.details!.matrix!.slice(5 * i, 5 * i + 5)];
    expectClose(row(one, 4), one.values as number[], 1e-6);
    expect(row(one, 2).every(Number.isNaN)).toBe(true);
    const all = await runMethod(attentionFlow, smallContext(model), { rows: "all" });
    expectClose(all.values as number[], one.values as number[]);
    const third = await runMethod(attentionFlow, smallContext(model, { target: { position: 2 } }));
    expectClose(row(all, 2), third.values as number[], 1e-6);
  });

  it("sees nothing of tokens after a decoder's position", async () => {
    const { values } = await runMethod(attentionFlow, smallContext(model, { target: { position: 2 } }));
    expect(values.slice(3)).toEqual([0, 0]);
    expect(values.slice(0, 3).every((v) => v > 0)).toBe(true);
  });

  it("can be cancelled between tokens", async () => {
    const context = smallContext(model);
    let pauses = 0;
    const passes = {
      ...context.passes,
      pause: async () => {
        if (++pauses === 3) throw new Error("newer request");
      },
    };
    await expect(runMethod(attentionFlow, { ...context, passes })).rejects.toThrow("newer request");
    expect(context.progress.length).toBe(2);
  });
});
