import { describe, expect, test } from "vitest";
import type { Anatomy } from "../graph/anatomy";
import type { Canonical } from "../graph/canonicalise";
import { readPreparation } from "../image/preparation";
import { ints } from "../onnx/attributes";
import type { Node } from "../onnx/model";
import { configFor, visionOf } from "./vision";

interface Made {
  /** Of each layer. */
  readonly tokens: readonly number[];
  readonly convolution?: { readonly kernel: number; readonly step: number; readonly pads?: number };
  readonly size?: readonly [number, number];
}

/** What is read of a graph that cuts images: its inputs, the first convolution, and how many keys layers have. */
function made({ tokens, convolution, size = [32, 48] }: Made): [Canonical, Anatomy] {
  const node = convolution && {
    name: "/patches/Conv",
    opType: "Conv",
    domain: "",
    inputs: ["scaled", "weight"],
    outputs: ["patches"],
    attributes: new Map([
      ["strides", ints([convolution.step, convolution.step])],
      ["pads", ints(new Array(4).fill(convolution.pads ?? 0))],
    ]),
  };
  const scale = {
    name: "",
    opType: "Mul",
    domain: "",
    inputs: ["pixel_values", "s"],
    outputs: ["scaled"],
    attributes: new Map(),
  };
  const dims = new Map<string, readonly number[]>(tokens.map((n, i) => [`probs.${i}`, [7, 2, n, n]]));
  if (convolution) dims.set("weight", [8, 3, convolution.kernel, convolution.kernel]);
  const canonical = {
    inputs: [{ name: "pixel_values", role: "pixels", dtype: "float32", dims: null }],
    point: { batch: 7, length: 5, image: size },
    model: { graph: { nodes: [scale, ...(node ? [node] : [])] as unknown as Node[] } },
    facts: { dims: (value: string) => dims.get(value) ?? null },
  };
  const layout = { axes: [["batch"], ["head"], ["token"], ["key"]], heads: 2 };
  const sites = tokens.map((_, i) => ({ probs: { value: `probs.${i}`, layout } }));
  return [canonical as unknown as Canonical, { sites } as unknown as Anatomy];
}
const by16 = { kernel: 16, step: 16 };
const encode = (of: Made, config: Record<string, unknown> | null = null, height = 32, width = 48) =>
  visionOf(...made(of), config)!.encode(height, width);

describe("tokens of an image", () => {
  test.each([
    ["none but patches", 6, {}, []],
    ["a class token", 7, {}, ["[CLS]"]],
    ["one of distillation", 8, { model_type: "deit" }, ["[CLS]", "[DIST]"]],
    ["registers", 11, { model_type: "dinov2_with_registers" }, ["[CLS]", "[REG1]", "[REG2]", "[REG3]", "[REG4]"]],
  ])("%s", (_, count, config, before) => {
    const { tokens, patches, special } = encode({ tokens: [count, count], convolution: by16 }, config);
    expect(tokens).toEqual([...before, "r1c1", "r1c2", "r1c3", "r2c1", "r2c2", "r2c3"]);
    expect(patches).toEqual({ rows: 2, columns: 3, height: 32, width: 48, step: [16, 16], first: before.length });
    expect(special.filter((s) => !s)).toHaveLength(6);
  });

  test("queries of a detector come behind", () => {
    const { tokens } = encode({ tokens: [9], convolution: by16 }, { num_detection_tokens: 2 });
    expect([tokens[0], tokens[1], tokens.at(-2), tokens.at(-1)]).toEqual(["[CLS]", "r1c1", "[DET1]", "[DET2]"]);
  });

  test("follow the image's size; pixels that fill no patch have none", () => {
    const { tokens, patches } = encode({ tokens: [7], convolution: by16 }, null, 70, 16);
    expect(tokens).toEqual(["[CLS]", "r1c1", "r2c1", "r3c1", "r4c1"]);
    expect(patches).toMatchObject({ rows: 4, columns: 1, height: 70, width: 16 });
  });

  test("are as the configuration says where no convolution makes them", () => {
    expect(encode({ tokens: [7] }, { patch_size: 16 }).tokens).toHaveLength(7);
    expect(encode({ tokens: [13] }, { patch_size: [16, 8] }).patches).toMatchObject({ rows: 2, columns: 6 });
  });
});

describe("where tokens have no place in the image, running one says why", () => {
  test.each([
    [{ tokens: [7] }, null, "no convolution takes pixel_values, and config.json has no patch_size"],
    [{ tokens: [7], convolution: { kernel: 7, step: 4 } }, null, "/patches/Conv makes patches that overlap"],
    [{ tokens: [7], convolution: { ...by16, pads: 1 } }, null, "/patches/Conv makes patches that overlap"],
    [{ tokens: [7, 4], convolution: by16 }, null, "layers have 7 and 4 tokens"],
    [{ tokens: [5], convolution: by16 }, null, "5 tokens for 2 × 3 patches of 32 × 48 pixels"],
  ])("%j", (of, config, why) => {
    expect(() => encode(of, config)).toThrow(why);
  });

  test("so does an image that is smaller than a patch", () => {
    expect(() => encode({ tokens: [7], convolution: by16 }, null, 40, 12)).toThrow("too small: 12 × 40 pixels");
  });
});

test("the graph is read at the size that images come in, not at the one of training", () => {
  const preparation = readPreparation({ image_processor_type: "BitImageProcessor", size: { shortest_edge: 256 } });
  expect(configFor({ image_size: 518 }, preparation)).toEqual({ image_size: [224, 224] });
  expect(configFor({ image_size: 518 }, null)).toEqual({ image_size: 518 });
  const free = readPreparation({ image_processor_type: "BitImageProcessor", do_center_crop: false });
  expect(configFor({ image_size: 518 }, free)).toEqual({ image_size: 518 });
});

test("a model that reads text has no such eyes", () => {
  const [canonical, anatomy] = made({ tokens: [7] });
  expect(visionOf({ ...canonical, inputs: [] }, anatomy, null)).toBeNull();
});
