import { describe, expect, it } from "vitest";
import { float32, type Tensor } from "../tensor/tensor";
import type { MethodContext } from "./attribution";
import { methodOf } from "./methods";
import type { Passes } from "./passes";
import { analyticContext } from "./testing/analytic";
import { runMethod } from "./testing/run-method";

/** A model that has gradients, of which only the passes matter here. */
function counted(tokens: number): MethodContext {
  const special = Array.from({ length: tokens }, (_, i) => i === 0 || i === tokens - 1);
  const { context } = analyticContext({ ids: special.map((_, i) => 10 + i), special, logit: () => 0 });
  const spent = { forward: 0, backward: 0 };
  const flat = (): Tensor =>
    float32(
      [tokens, 2],
      Array.from({ length: 2 * tokens }, (_, i) => i),
    );
  const passes: Passes = {
    ...context.passes,
    spent,
    has: () => true,
    async embeddings() {
      spent.forward++;
      return flat();
    },
    async run(rows, { by = [] }, onRow) {
      rows.forEach((row, i) => {
        spent.forward++;
        if (by.length > 0) spent.backward++;
        const value = row.ids.reduce((sum, id) => sum + id, 0);
        const result = { value, logit: value, probability: 0.5, row: Float32Array.of(value) };
        onRow({ ...result, read: flat, cotangent: flat }, i);
      });
    },
  };
  return { ...context, passes };
}

/** Passes, back counted like forth, for n units: what each method is known to take. */
const known: Readonly<Record<string, (n: number) => number>> = {
  "integrated-gradients": () => 2 * 50 + 2,
  "leave-one-out": (n) => n + 1,
  "feature-ablation": (n) => n + 1,
  "shapley-sampling": (n) => 25 * n + 1,
  "gradient-x-input": () => 2,
  "attn-lrp": () => 2,
};

describe.each([32, 128])("%i tokens", (tokens) => {
  it.each(Object.keys(known))("%s spends the passes that it says, within a tenth", { timeout: 60_000 }, async (id) => {
    const { cost } = await runMethod(methodOf(id), counted(tokens));
    const wanted = known[id](tokens - 2);
    const passes = cost.forward + cost.backward;
    expect(Math.abs(passes - wanted), `${passes} passes, not ${wanted}`).toBeLessThanOrEqual(Math.max(1, 0.1 * wanted));
  });
});
