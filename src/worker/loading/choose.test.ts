import { expect, test } from "vitest";
import { chooseFrom } from "./choose";

const MB = 2 ** 20;
const chosen = (files: Record<string, number>) => chooseFrom(new Map(Object.entries(files)))?.path ?? null;

test.each<[string, Record<string, number>, string | null]>([
  [
    "the hub's layout: full precision",
    {
      "config.json": 1,
      "onnx/model.onnx": 250 * MB,
      "onnx/model_fp16.onnx": 125 * MB,
      "onnx/model_quantized.onnx": 65 * MB,
    },
    "onnx/model.onnx",
  ],
  [
    "a large one: the most precise that isn't too large",
    {
      "onnx/model.onnx": 1300 * MB,
      "onnx/model_fp16.onnx": 650 * MB,
      "onnx/model_quantized.onnx": 330 * MB,
      "onnx/model_q4.onnx": 400 * MB,
    },
    "onnx/model_quantized.onnx",
  ],
  [
    "external data counts",
    {
      "onnx/model.onnx": MB,
      "onnx/model.onnx_data": 2000 * MB,
      "onnx/model.onnx_data_1": 90 * MB,
      "onnx/model_fp16.onnx": 500 * MB,
    },
    "onnx/model_fp16.onnx",
  ],
  ["all too large: the least", { "model.onnx": 4000 * MB, "model_fp16.onnx": 2000 * MB }, "model_fp16.onnx"],
  [
    "a decoder: the merged one",
    { "onnx/decoder_model.onnx": MB, "onnx/decoder_with_past_model.onnx": MB, "onnx/decoder_model_merged.onnx": MB },
    "onnx/decoder_model_merged.onnx",
  ],
  ["only one precision is there", { "onnx/model_q4f16.onnx": MB, "onnx/model_bnb4.onnx": MB }, "onnx/model_q4f16.onnx"],
  ["beside the configuration", { "my/model/config.json": 1, "my/model/model.onnx": MB }, "my/model/model.onnx"],
  ["a name that nobody foresaw", { "weights/bert-tiny.onnx": MB, "vocab.txt": 1 }, "weights/bert-tiny.onnx"],
  ["whole models before halves", { "text_encoder.onnx": MB, "classifier.onnx": MB }, "classifier.onnx"],
  ["a half where there is nothing else", { "onnx/encoder_model.onnx": MB }, "onnx/encoder_model.onnx"],
  ["no ONNX file", { "pytorch_model.bin": MB }, null],
])("%s", (_, files, path) => {
  expect(chosen(files)).toBe(path);
});

test("lists the others, best first", () => {
  const files = ["onnx/model_q4.onnx", "onnx/model_fp16.onnx", "onnx/model.onnx", "model.onnx"];
  expect(chooseFrom(new Map(files.map((file) => [file, 1])))).toEqual({
    path: "onnx/model.onnx",
    others: ["onnx/model_fp16.onnx", "onnx/model_q4.onnx", "model.onnx"],
  });
});
