import { describe, expect, test } from "vitest";
import { weightOf } from "../onnx/attributes";
import type { Model, ValueInfo } from "../onnx/model";
import { graph } from "../onnx/testing/sample";
import { float32 } from "../tensor/tensor";
import { batchAxis, bindInput, type InputRole, inputsOf, pointOf } from "./inputs";
import { info } from "./testing/run";

const model = (inputs: readonly ValueInfo[], weights: readonly (readonly number[])[] = []): Model => ({
  irVersion: 9,
  opsets: new Map([["", 18]]),
  producer: "test",
  functions: [],
  metadata: new Map(),
  graph: graph({
    inputs,
    initializers: new Map(
      weights.map((dims, i) => [
        `w${i}`,
        weightOf(`w${i}`, float32(dims, new Float32Array(dims.reduce((n, d) => n * d, 1)))),
      ]),
    ),
  }),
});
const rows: ValueInfo["dims"] = ["batch", "length"];

describe("the meaning of an input", () => {
  test.each([
    ["input_ids", "int64", rows, "ids"],
    ["attention_mask", "int64", rows, "mask"],
    ["token_type_ids", "int32", rows, "segments"],
    ["position_ids", "int64", rows, "positions"],
    ["pixel_values", "float32", ["batch", 3, "h", "w"], "pixels"],
    ["past_key_values.0.key", "float32", ["batch", 2, "past", 4], "past"],
    ["past_0", "float16", [2, "batch", 2, "past", 4], "past"],
    ["use_cache_branch", "bool", [1], "cache branch"],
    ["cache_position", "int64", ["length"], "cache position"],
    ["num_logits_to_keep", "int64", [], "kept logits"],
    ["head_mask", "float32", [2, 2], "head mask"],
  ] as const)("%s", (name, dtype, dims, role: InputRole) => {
    expect(inputsOf(model([info(name, dtype, dims)]))).toEqual([{ name, role, dtype, dims }]);
  });

  test("weights that a file lists as inputs are none", () => {
    const listed = model([info("input_ids", "int64", rows), info("w0", "float32", [2])], [[2]]);
    expect(inputsOf(listed).map((i) => i.name)).toEqual(["input_ids"]);
  });

  test.each(["decoder_input_ids", "encoder_hidden_states", "encoder_outputs", "labels"])(
    "%s is of two stacks",
    (name) => {
      expect(() => inputsOf(model([info(name, "float32", [null, null, 4])]))).toThrow(
        /^encoder-decoder: the graph takes .+; models of two stacks/,
      );
    },
  );

  test("an input that has none is named with its type and the known ones", () => {
    expect(() => inputsOf(model([info("bbox", "int64", ["batch", "length", 4])]))).toThrow(
      /^unknown input: bbox int64 \[batch,length,4\]; known are input_ids, .+ and caches$/,
    );
    expect(() => inputsOf(model([info("input_ids")]))).toThrow(/^unknown input: input_ids {2}\[\?\]; known/);
  });
});

describe("the point at which shapes are told apart", () => {
  test("has no size that a weight or the configuration has", () => {
    const taken = [23, 19, 29, 1009];
    const { batch, length } = pointOf(model([], [[23, 1009]]), { num_attention_heads: 19, hidden_size: 29 });
    expect(taken).not.toContain(batch);
    expect(taken).not.toContain(length);
  });

  test("stays within the positions that a model has", () => {
    expect(pointOf(model([]), { max_position_embeddings: 16 }).length).toBeLessThanOrEqual(13);
    expect(pointOf(model([]), { n_positions: 512 }).length).toBe(23);
  });

  test("has an image's own size", () => {
    expect(pointOf(model([]), { image_size: 20 }).image).toEqual([20, 20]);
    expect(pointOf(model([]), { image_size: [32, 48] }).image).toEqual([32, 48]);
    expect(pointOf(model([]), null).image).toEqual([224, 224]);
  });
});

describe("an input at the point", () => {
  const point = { batch: 1009, length: 23, image: [20, 20] } as const;
  const bound = (name: string, dims: ValueInfo["dims"]) =>
    bindInput(inputsOf(model([info(name, "int64", dims)]))[0], point).dims;

  test.each([
    ["input_ids", rows, [1009, 23]],
    ["input_ids", null, [1009, 23]],
    ["input_ids", [1, "length"], [1, 23]],
    ["pixel_values", ["batch", 3, "h", "w"], [1009, 3, 20, 20]],
    ["pixel_values", ["batch", 1, 28, 28], [1009, 1, 28, 28]],
    ["past_key_values.0.key", ["batch", 2, "past", 4], [1009, 2, 0, 4]],
    ["past_0", [2, "batch", 2, "past", 4], [2, 1009, 2, 0, 4]],
    ["past_key_values.0.key", [1, 2, "past", 4], [1, 2, 0, 4]],
    ["past_0", [2, 1, 2, "past", 4], [2, 1, 2, 0, 4]],
    ["conv_state", ["batch", 8, 3], [1009, 8, 3]],
    ["cache_position", ["length"], [23]],
    ["num_logits_to_keep", [], []],
  ] as const)("%s [%j]", (name, dims, expected) => {
    expect(bound(name, dims)).toEqual(expected);
  });

  test("of a fixed length is refused, and so is another rank", () => {
    expect(() => bound("input_ids", ["batch", 128])).toThrow(
      /^unsupported form: input_ids of a fixed length of 128 tokens; export/,
    );
    expect(() => bound("input_ids", [4, "length"])).toThrow(
      /^unsupported form: input_ids of a fixed batch of 4 rows; export/,
    );
    expect(() => bound("pixel_values", [4, 3, 20, 20])).toThrow(
      /^unsupported form: pixel_values of a fixed batch of 4 rows/,
    );
    expect(() => bound("input_ids", ["length"])).toThrow(
      /^unknown input: input_ids has 1 dimensions where 2 were expected$/,
    );
    expect(() => bound("attention_mask", ["batch", 1, "length", "length"])).toThrow(
      /^unknown input: attention_mask has 4 dimensions/,
    );
  });

  test("a cache's batch is its first free axis, if that isn't its length", () => {
    expect(
      [
        ["b", 2, "p", 4],
        ["b", 2, 8, 4],
        [1, 2, "p", 4],
        [2, "b", 2, "p", 4],
        [2, 1, 2, "p", 4],
        [2, 3, 0, 4],
      ].map(batchAxis),
    ).toEqual([0, 0, -1, 1, -1, -1]);
  });
});
