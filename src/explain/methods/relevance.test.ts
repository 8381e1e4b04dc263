import { describe, expect, it } from "vitest";
import { expectClose, runMethod } from "../testing/run-method";
import { modeFactor, SmallTransformer, sizes, smallContext } from "../testing/small-transformer";
import { attnLrp } from "./attn-lrp";
import { cpLrp } from "./cp-lrp";
import { epsilonLrp } from "./epsilon-lrp";
import { gammaLrp } from "./gamma-lrp";
import { lrp0 } from "./lrp-0";

const { width } = sizes;
const model = new SmallTransformer(true);

describe.each([attnLrp, cpLrp, epsilonLrp, gammaLrp, lrp0])("$id", (method) => {
  it.each([
    ["words", "embedding"],
    ["embedding", "residual 0"],
    [1, "residual 2"],
  ] as const)("is value times cotangent by its own rules: %s", async (layer, place) => {
    const context = smallContext(model, { target: { position: 3, against: 0 } });
    const { value, gradient } = model.at(model.embeddings(context.trace.encoding.ids), context.target, place);
    const wanted = Array.from({ length: 5 }, (_, t) => {
      let sum = 0;
      for (let i = t * width; i < (t + 1) * width; i++) sum += value[i] * gradient[i] * modeFactor[method.id];
      return sum;
    });
    const { values, cost } = await runMethod(method, context, { layer });
    expectClose(values, wanted);
    expect(cost).toMatchObject({ forward: 1, backward: 1 });
  });

  it("tells of patents", () => {
    expect(method.note).toContain("patents");
  });
});
