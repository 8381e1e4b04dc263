import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { answerRows } from "../explain/attention";
import type { MethodContext } from "../explain/attribution";
import { conformance } from "../explain/conformance";
import { type Folder, readModel } from "../explain/conformance/folder";
import { type Engine, openEngine } from "../explain/engine";
import { attribute } from "../explain/explain";
import { measureFaithfulness } from "../explain/faithfulness";
import { methodOf, methods } from "../explain/methods";
import { squaresOf } from "../explain/methods/occlusion";
import { inputRow, valuesOf } from "../explain/passes";
import { passesOf } from "../explain/passes-of";
import { patchTree } from "../explain/patch-tree";
import { removerOf } from "../explain/removal";
import { leavesOf } from "../explain/token-tree";
import { unitsOf } from "../explain/unit";
import { fixturesDir } from "../onnx/testing/fixtures";
import { randomNumbers } from "../onnx/testing/random";
import { float32, type Tensor } from "../tensor/tensor";
import { folderOf } from "./folder";
import { createNodeSession } from "./session";

let engine: Engine;
let context: MethodContext;
let pixels: Tensor;

beforeAll(async () => {
  engine = await openEngine(await readModel(folderOf(`${fixturesDir()}/vit`), "onnx/model.onnx"), createNodeSession);
  const random = randomNumbers(5);
  pixels = float32(
    [3, 20, 20],
    Array.from({ length: 1200 }, () => 2 * random() - 1),
  );
  const encoding = engine.vision!.encode(20, 20);
  context = {
    engine,
    trace: await engine.run(encoding, { pixels, range: { black: [-1, -1, -1], white: [1, 1, 1] } }),
    target: { position: null, index: 0 },
    passes: passesOf(engine),
    units: unitsOf(encoding, "token"),
    substitutes: { pad: null, mask: null, unknown: null },
    seed: 1,
    onPartial: () => {},
  };
});
afterAll(() => engine.release());

const run = (id: string, options = {}) => attribute(methodOf(id), context, options, () => 0);

/** The pixels with one patch of 5 × 5 changed, by the definition. */
function without(token: number, value: (at: number) => number): Tensor {
  const patch = token - 1;
  const data = Float32Array.from(pixels.data as Float32Array);
  for (let c = 0; c < 3; c++)
    for (let y = 0; y < 5; y++)
      for (let x = 0; x < 5; x++) {
        const at = (c * 20 + Math.floor(patch / 4) * 5 + y) * 20 + (patch % 4) * 5 + x;
        data[at] = value(at);
      }
  return { ...pixels, data };
}

const logitOf = async (image: Tensor): Promise<number> => {
  const { patches } = context.trace.encoding;
  const row = { ...inputRow(context.trace, context.target), image: { pixels: image, patches: patches! } };
  return (await valuesOf(context.passes, [row], context.target))[0]!;
};

test("an image is [CLS] and its patches", () => {
  const { tokens, patches } = context.trace.encoding;
  expect(tokens).toHaveLength(17);
  expect(tokens.slice(0, 3)).toEqual(["[CLS]", "r1c1", "r1c2"]);
  expect(patches).toEqual({ rows: 4, columns: 4, height: 20, width: 20, step: [5, 5], first: 1 });
  expect(() => engine.vision!.encode(3, 20)).toThrow("too small: 20 × 3 pixels have no patch");
});

/** Methods whose values needn't add up at so few steps and draws. */
const loose = new Set(["layer-conductance", "gradient-shap"]);

describe("every method explains an image by its patches", () => {
  test.each(methods.filter(({ id }) => id !== "exact-shapley").map(({ id }) => id))(
    "%s",
    { timeout: 120_000 },
    async (id) => {
      const few: Record<string, object> = {
        lime: { samples: 40 },
        "kernel-shap": { samples: 60 },
        "shapley-sampling": { orders: 3 },
        "integrated-gradients": { steps: 20 },
        "partition-shap": { limit: 60 },
      };
      const { values, completeness, encoding } = await run(id, few[id] ?? {});
      expect(values).toHaveLength(17);
      expect(values.every(Number.isFinite)).toBe(true);
      expect(values.slice(1).some((v) => v !== 0)).toBe(true);
      expect(encoding.patches?.rows).toBe(4);
      if (completeness && !loose.has(id))
        expect(Math.abs(completeness.sum - completeness.expected)).toBeLessThan(
          0.02 * Math.max(0.1, Math.abs(completeness.expected)),
        );
    },
  );

  test("exact Shapley values say that there are too many", async () => {
    await expect(run("exact-shapley")).rejects.toThrow("too many units: 16");
  });
});

test("without a class token the answer is read from all patches", async () => {
  const { encoding } = context.trace;
  const tokens = encoding.tokens.map((name) => (name === "[CLS]" ? "[REG1]" : name));
  const pooled = { ...context, trace: { ...context.trace, encoding: { ...encoding, tokens } } };
  expect(answerRows(context)).toEqual([0]);
  expect(answerRows(pooled)).toEqual(Array.from({ length: 16 }, (_, i) => i + 1));
  const { values, details } = await attribute(methodOf("rollout"), pooled, {}, () => 0);
  const mean = (j: number) => answerRows(pooled).reduce((sum, i) => sum + details!.matrix![i * 17 + j]! / 16, 0);
  for (const j of [0, 5, 16]) expect(values[j]).toBeCloseTo(mean(j), 6);
});

test("leaving a patch out puts the mean colour or the blurred image there", async () => {
  const whole = await logitOf(pixels);
  const mean = await run("leave-one-out", { drop: "logit" });
  expect(mean.values[0]).toBe(0);
  for (const token of [1, 7, 16])
    expect(mean.values[token]).toBeCloseTo(whole - (await logitOf(without(token, () => 0))), 5);
  const blurred = await run("leave-one-out", { drop: "logit", removal: "blur" });
  expect(blurred.values).not.toEqual(mean.values);
  await expect(run("leave-one-out", { removal: "mask" })).rejects.toThrow(
    "bad option: removal=mask; one of auto, blur",
  );
  expect(() => removerOf(context, "delete")).toThrow("no tokens: this model reads images");
});

test("baselines are the mean colour, the blurred image, black and white", async () => {
  const way = async (baseline: string) => (await run("integrated-gradients", { steps: 30, baseline })).completeness!;
  const whole = await logitOf(pixels);
  for (const [name, value] of [
    ["mean", 0],
    ["black", -1],
    ["white", 1],
  ] as const)
    expect((await way(name)).expected).toBeCloseTo(
      whole - (await logitOf(float32([3, 20, 20], new Array(1200).fill(value)))),
      5,
    );
  expect((await run("integrated-gradients")).options).toMatchObject({ baseline: "mean" });
  const unknown = { ...context, trace: { ...context.trace, image: { pixels, range: null } } };
  await expect(attribute(methodOf("integrated-gradients"), unknown, { baseline: "black" }, () => 0)).rejects.toThrow(
    "no black: how these pixels were normalised isn't known",
  );
});

test("windows are squares of the image", () => {
  const all = Array.from({ length: 16 }, (_, i) => i);
  const squares = squaresOf(all, { rows: 4, columns: 4 }, 2, 2);
  expect(squares).toEqual([
    [0, 1, 4, 5],
    [2, 3, 6, 7],
    [8, 9, 12, 13],
    [10, 11, 14, 15],
  ]);
  expect(squaresOf([1, 2, 5], { rows: 2, columns: 4 }, 2, 2)).toEqual([[0, 2], [1]]);
});

test("the tree of an image halves its longer side", () => {
  const tree = patchTree([0, 1, 2, 3, 4, 5, 6, 7], { columns: 4 }); // 2 × 4
  if (typeof tree === "number") throw new Error("a leaf");
  expect(leavesOf(tree.left)).toEqual([0, 1, 4, 5].map((p) => p));
  expect(leavesOf(tree.right).sort()).toEqual([2, 3, 6, 7]);
  expect(leavesOf(tree).sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
});

test("faithfulness takes patches away", async () => {
  const attributions = [await run("leave-one-out"), await run("random")];
  const { removal, methods: measured, random } = await measureFaithfulness(context, attributions);
  expect(removal).toBe("mean");
  expect(measured[0]!.mean.comprehensiveness).toBeGreaterThan(random.mean.comprehensiveness!);
});

test("queries and keys make the attention of a head", async () => {
  const { queries, keys, logits, scale } = (await engine.scoring(context.trace, 1))(2);
  const [tokens, width] = queries.dims as [number, number];
  expect(tokens).toBe(17);
  const at = (of: Tensor, i: number, c: number) => (of.data as Float32Array)[i * width + c]!;
  const dot = Array.from({ length: width }, (_, c) => at(queries, 3, c) * at(keys, 5, c)).reduce((a, b) => a + b, 0);
  expect((logits.data as Float32Array)[3 * 17 + 5]).toBeCloseTo(scale * dot, 4);
});

test("attributions of a reference that can't be run are a failed row that says why", async () => {
  const folder = folderOf(`${fixturesDir()}/vit`);
  const about = JSON.parse(new TextDecoder().decode(await folder.read("goldens.json")));
  about.inputs.img0.target = [0];
  const other: Folder = {
    ...folder,
    read: async (path) =>
      path === "goldens.json" ? new TextEncoder().encode(JSON.stringify(about)) : folder.read(path),
  };
  const rows = await conformance(other, createNodeSession, { only: ["methods"] });
  expect(rows).toMatchObject([{ quantity: "img0", pass: false, note: expect.stringContaining("not run: ") }]);
});
