import { describe, expect, it } from "vitest";
import { type Batch, feedsOf } from "../../explain/feeds";
import { anatomyOf } from "../../graph/anatomy";
import { Builder } from "../../graph/builder";
import { canonicalise } from "../../graph/canonicalise";
import type { ModelInput } from "../../graph/inputs";
import { fixtureFiles } from "../../graph/testing/fixtures";
import { info, runModel } from "../../graph/testing/run";
import type { Value } from "../../onnx/model";
import { randomNumbers } from "../../onnx/testing/random";
import { float32 } from "../../tensor/tensor";
import { backward } from "../backward";
import { biasesOf } from "./biases";
import { presets, rulesOf, stoppedOf } from "./presets";
import { readingOf } from "./reading";

const rounded = /quant|uint8|int4|q4|bnb4|int8/;
const files = fixtureFiles().filter((file) => !rounded.test(file.name));
const preset = presets["cp-lrp"];
const ids = [5, 17, 42, 8, 29, 11];
const text: Batch = { ids: [ids], mask: [ids.map(() => 1)], segments: [ids.map(() => 0)] };

function image(inputs: readonly ModelInput[], random = randomNumbers(3)): Batch {
  const dims = inputs.find((i) => i.role === "pixels")?.dims ?? [];
  const sizes = dims.map((d, axis) => (typeof d === "number" ? d : [1, 3, 20, 20][axis]));
  return {
    pixels: float32(
      sizes,
      Array.from({ length: sizes.reduce((n, d) => n * d, 1) }, () => 2 * random() - 1),
    ),
  };
}

const target = 1;

/** Σ of the relevance of the embedding and of every bias, and the logits that it is of. */
async function relevanceOf(file: (typeof files)[number]): Promise<{ logit: number; sum: number; biases: number }> {
  const canonical = canonicalise(file.model(), file.config);
  const anatomy = anatomyOf(canonical);
  const { model, facts } = canonical;
  const { graph } = model;
  const reading = readingOf({ graph, canonical, anatomy });
  const biases = biasesOf(reading, stoppedOf(preset, reading));
  const wanted = [...anatomy.embedding.sources, ...biases];
  const [{ name: logits }] = canonical.answers;
  facts.set("seed", facts.of(logits));
  const b = new Builder(model.opsets.get("") ?? 1, "back", facts);
  const rules = rulesOf(preset, reading);
  const cotangents = backward({ graph, facts, rules, seeds: new Map([[logits, "seed"]]), wanted }, b);
  const flat = (v: Value) => b.reshape(v, [-1]);
  const totals = wanted.map((v) => b.reduce("ReduceSum", flat(b.mul(v, cotangents.get(v) as Value)), [0]));
  const whole = {
    ...model,
    graph: {
      ...graph,
      nodes: [...graph.nodes, ...b.nodes],
      inputs: [
        ...graph.inputs,
        info(
          "seed",
          "float32",
          (facts.dims(logits) ?? []).map(() => null),
        ),
      ],
      outputs: [info(logits, "float32"), ...totals.map((v) => info(v, "float32"))],
      initializers: new Map([...graph.initializers, ...b.initializers]),
    },
  };
  const feeds = feedsOf(
    canonical.inputs,
    canonical.inputs.some((i) => i.role === "pixels") ? image(canonical.inputs) : text,
  );
  const dims = (facts.dims(logits) ?? []).length === 3 ? [1, ids.length, -1] : [1, -1];
  const last = Number((facts.dims(logits) ?? []).at(-1));
  const sizes = dims.map((d) => (d < 0 ? last : d));
  const seed = float32(
    sizes,
    Array.from({ length: sizes.reduce((n, d) => n * d, 1) }, () => 0),
  );
  const at = sizes.length === 3 ? (ids.length - 1) * last + target : target;
  (seed.data as Float32Array)[at] = 1;
  const results = await runModel(whole, { ...feeds, seed }, [logits, ...totals], file.external());
  const sum = totals.reduce((n, v) => n + Number(results[v].data[0]), 0);
  return { logit: Number(results[logits].data[at]), sum, biases: biases.length };
}

describe("under CP-LRP the relevance of inputs and biases sums to the target's logit", () => {
  it.each(files.map((file) => [file.name, file] as const))("%s", { timeout: 60_000 }, async (_, file) => {
    const { logit, sum, biases } = await relevanceOf(file);
    expect(biases > 0 || /llama|gemma/.test(file.name)).toBe(true); // these have none
    expect(Math.abs(sum - logit)).toBeLessThan(1e-5 * Math.max(1, Math.abs(logit)));
  });
});
