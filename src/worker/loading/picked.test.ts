import { onnx } from "onnx-proto";
import { expect, test } from "vitest";
import { toFailure } from "../failure";
import type { PickedFile } from "../protocol";
import { openModel } from "./open";
import { pickedFolder } from "./picked";

const model = (...locations: string[]): Uint8Array<ArrayBuffer> =>
  new Uint8Array(
    onnx.ModelProto.encode({
      irVersion: 8,
      opsetImport: [{ domain: "", version: 17 }],
      graph: {
        name: "g",
        initializer: locations.map((value, i) => ({
          name: `w${i}`,
          dataType: 1,
          dims: [2],
          dataLocation: 1,
          externalData: [{ key: "location", value }],
        })),
      },
    }).finish(),
  );
const json = (value: unknown) => JSON.stringify(value);
const never = new AbortController().signal;

const picked = (files: Record<string, string | Uint8Array<ArrayBuffer>>): PickedFile[] =>
  Object.entries(files).map(([path, content]) => ({ path, file: new File([content], path.split("/").at(-1)!) }));
const open = (files: Record<string, string | Uint8Array<ArrayBuffer>>, file?: string) =>
  openModel(pickedFolder(picked(files), never), file, () => {});

test("a folder in the hub's layout", async () => {
  const { modelPath, config, tokenizer, notes } = await open({
    "tiny/config.json": json({ model_type: "bert" }),
    "tiny/tokenizer.json": json({ model: 1 }),
    "tiny/tokenizer_config.json": json({ a: 1 }),
    "tiny/onnx/model.onnx": model(),
    "tiny/onnx/model_quantized.onnx": model(),
    "tiny/.DS_Store": "",
    "tiny/onnx/._model.onnx": "",
  });
  expect(modelPath).toBe("tiny/onnx/model.onnx");
  expect(config).toEqual({ model_type: "bert" });
  expect(tokenizer).toEqual({ "tokenizer.json": '{"model":1}', "tokenizer_config.json": '{"a":1}' });
  expect(notes).toEqual(["model.onnx is open; also there: tiny/onnx/model_quantized.onnx."]);
});

test("two models in one folder: each with its own files", async () => {
  const files = {
    "both/a/config.json": json({ model_type: "bert" }),
    "both/a/model.onnx": model(),
    "both/b/config.json": json({ model_type: "gpt2" }),
    "both/b/onnx/model.onnx": model(),
  };
  expect((await open(files, "both/a/model.onnx")).config).toEqual({ model_type: "bert" });
  expect((await open(files, "both/b/onnx/model.onnx")).config).toEqual({ model_type: "gpt2" });
});

test("a lone file", async () => {
  const { modelPath, config, tokenizer } = await open({ "bert.onnx": model() });
  expect({ modelPath, config, tokenizer }).toEqual({ modelPath: "bert.onnx", config: null, tokenizer: {} });
});

test("external data beside the file, in a folder under it, or gathered flat", async () => {
  const weights = new Uint8Array(8).fill(3);
  for (const path of ["m/model.onnx.data", "m/weights/model.bin", "m/model.bin"]) {
    const location = path === "m/model.bin" ? "weights/model.bin" : path.slice(2);
    const { external } = await open({ "m/model.onnx": model(location), [path]: weights });
    expect([...external]).toEqual([[location, weights]]);
  }
});

test.each([
  [
    "absent",
    { "m/model.onnx": model("w.bin") },
    "missing-file",
    "missing file: w.bin (the weights of m/model.onnx are in it)",
  ],
  ["outside", { "m/model.onnx": model("../w.bin"), "w.bin": "12345678" }, "missing-file", /missing file: \.\.\/w\.bin/],
  [
    "no model",
    { "m/readme.md": "hello" },
    "not-found",
    "no ONNX file: m (export the model to ONNX, for example with optimum)",
  ],
  ["nothing", {}, "not-found", /no ONNX file: nothing/],
  ["not ONNX", { "x.onnx": "<!doctype html>" }, "not-onnx", /HTML/],
  ["cut short", { "x.onnx": model("w.bin").subarray(0, 40) }, "truncated", /./],
  [
    "a broken configuration",
    { "x.onnx": model(), "config.json": "{" },
    "bad-input",
    "not JSON: config.json (the file may be damaged or cut short)",
  ],
] as const)("%s", async (_, files, code, message) => {
  const failure = await open(files).then(
    () => null,
    (error: unknown) => toFailure(error),
  );
  expect(failure).toEqual({ code, message: typeof message === "string" ? message : expect.stringMatching(message) });
});
