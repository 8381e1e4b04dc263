import { describe, expect, it } from "vitest";
import { Builder } from "../graph/builder";
import { type Fact, Facts } from "../graph/shapes";
import { openModel } from "../graph/testing/run";
import type { Value } from "../onnx/model";
import { randomNumbers } from "../onnx/testing/random";
import type { Tensor } from "../tensor/tensor";
import { dot, signs, slope } from "./testing/difference";
import { differentiate, tensorOf } from "./testing/gradient-case";

type Random = () => number;
const whole = { B: 1009, T: 23 };

/** What a composition may do to a value [B, T, 4] that keeps its shape; all are smooth and hold values near 1. */
const steps: readonly ((b: Builder, x: Value, y: Value, small: Value) => Value)[] = [
  (b, x) => b.op("Tanh", [x]),
  (b, x) => b.op("Sigmoid", [x]),
  (b, x) => b.softmax(x),
  (b, x) => b.op("Sin", [x]),
  (b, x, y) => b.add(x, y),
  (b, x, y) => b.mul(x, y),
  (b, x, y) => b.sub(x, y),
  (b, x, _y, small) => b.mul(x, small),
  (b, x, _y, small) => b.add(small, x),
  (b, x) => b.add(x, b.reduce("ReduceMean", x, [1])),
  (b, x) => b.div(x, b.add(b.scalar(1, x), b.mul(x, x))),
  (b, x, y) => b.matmul(b.softmax(b.matmul(x, b.transpose(y, [0, 2, 1]))), y),
  (b, x, y) => b.slice(b.concat([x, y], 2), 2, 2, 6),
  (b, x) => b.transpose(b.transpose(x, [1, 2, 0]), [2, 0, 1]),
  (b, x) => b.reshape(b.reshape(x, [0, -1]), [0, -1, 4]),
  (b, x, y) => b.where(b.op("Less", [x, y]), x, x),
];

const pick = <T>(all: readonly T[], random: Random): T => all[Math.floor(random() * all.length)];

describe("random compositions agree with finite differences", () => {
  for (const opset of [11, 13, 18, 21])
    for (let n = 0; n < 6; n++)
      it(`opset ${opset}, ${n}`, async () => {
        expect(await compositionError(opset, 100 * opset + n)).toBeLessThan(1e-7);
      });
});

/** Largest error of the derivatives by three inputs, [B, T, 4], [4] and [T, 1], relative to their length. */
async function compositionError(opset: number, seed: number): Promise<number> {
  const random = randomNumbers(seed);
  const sizes: readonly (readonly (number | "B" | "T")[])[] = [["B", "T", 4], [4], ["T", 1]];
  const names = sizes.map((_, i) => `in${i}`);
  const fact = (dims: (typeof sizes)[number]): Fact => ({
    dtype: "float64",
    dims: dims.map((d) => (typeof d === "number" ? d : whole[d])),
  });
  const bound = new Map(names.map((name, i) => [name, fact(sizes[i])]));
  const b = new Builder(opset, "made", new Facts(opset, bound));
  const made: Value[] = [b.mul(names[0], b.add(names[1], names[2]))];
  for (let i = 0; i < 9; i++) {
    const last = i % 3 === 2 ? pick(made, random) : made[made.length - 1];
    made.push(pick(steps, random)(b, last, pick(made, random), pick(names.slice(1), random)));
  }
  const out = made[made.length - 1];
  const { forward, both, of } = differentiate(opset, b.nodes, bound, b.initializers, [out], names);
  const run = { B: 2, T: 3 };
  const feeds: Record<string, Tensor> = Object.fromEntries(
    names.map((name, i) => [
      name,
      tensorOf(
        "float64",
        sizes[i].map((d) => (typeof d === "number" ? d : run[d])),
        random,
      ),
    ]),
  );
  const [session, back] = [await openModel(forward), await openModel(both)];
  try {
    const answer = (await session.run(feeds, [out]))[out];
    const weights = tensorOf("float64", answer.dims, random);
    const target = async (more: Record<string, Tensor>) =>
      dot((await session.run({ ...feeds, ...more }, [out]))[out].data as Float64Array, weights.data as Float64Array);
    let worst = 0;
    const found = await back.run({ ...feeds, [`seed.${out}`]: weights }, [...of.values()]);
    for (const name of names) {
      const derivatives = found[of.get(name) as Value].data as Float64Array;
      const direction = signs(derivatives.length, random);
      const expected = await slope(feeds[name], direction, 1e-3, (x) => target({ [name]: x }));
      worst = Math.max(worst, Math.abs(dot(derivatives, direction) - expected) / Math.max(1, Math.abs(expected)));
    }
    return worst;
  } finally {
    await session.release();
    await back.release();
  }
}
