import { onnx } from "onnx-proto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Hub, startHub } from "../../../e2e/hub-server";
import { toFailure } from "../failure";
import type { Progress } from "../protocol";
import { hubFolder } from "./hub";
import { openModel } from "./open";

const text = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

/** A file whose only weight is in other files. */
const pointing = (...locations: string[]): Uint8Array =>
  onnx.ModelProto.encode({
    irVersion: 8,
    opsetImport: [{ domain: "", version: 17 }],
    graph: {
      name: "g",
      initializer: locations.map((value, i) => ({
        name: `w${i}`,
        dataType: 1,
        dims: [25_000],
        dataLocation: 1,
        externalData: [{ key: "location", value }],
      })),
    },
  }).finish();

const whole = pointing();
const data = new Uint8Array(100_000).fill(7);
const common = [
  ["config.json", text({ model_type: "bert" })],
  ["tokenizer.json", text({ model: {} })],
  ["tokenizer_config.json", text({ do_lower_case: true })],
] as const;

let hub: Hub;
let bare: Hub;
beforeAll(async () => {
  const repositories = {
    "who/plain": new Map<string, Uint8Array>([
      ...common,
      ["onnx/model.onnx", whole],
      ["onnx/model_quantized.onnx", whole],
    ]),
    "who/split": new Map([
      ...common,
      ["onnx/model.onnx", pointing("model.onnx_data", "./model.onnx_data_1")],
      ["onnx/model.onnx_data", data],
      ["onnx/model.onnx_data_1", data],
    ]),
    "who/incomplete": new Map([...common, ["onnx/model.onnx", pointing("weights.bin")]]),
    "who/halves": new Map([
      ["config.json", text({ model_type: "t5", is_encoder_decoder: true })],
      ["onnx/encoder_model.onnx", whole],
      ["onnx/decoder_model_merged.onnx", whole],
    ]),
    "who/torch": new Map([
      ["config.json", text({})],
      ["pytorch_model.bin", data],
    ]),
    "who/decoder": new Map([...common, ["onnx/decoder_model_merged_q4.onnx", whole]]),
  };
  hub = await startHub(repositories);
  bare = await startHub(repositories, { listing: false });
});
afterAll(() => Promise.all([hub.close(), bare.close()]));

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;
const never = new AbortController().signal;
const open = (
  id: string,
  { at = hub, file, signal = never }: { at?: Hub; file?: string; signal?: AbortSignal } = {},
) => {
  const reports: Progress[] = [];
  const opened = Promise.resolve()
    .then(() => openModel(hubFolder(at.url, { id }, signal), file, (report) => reports.push(report)))
    .then(
      (model) => ({ ...model, reports }),
      (error: unknown) => {
        throw Object.assign(new Error(), toFailure(error));
      },
    );
  return opened;
};

describe.each([
  ["a hub that lists", () => hub],
  ["a mirror that doesn't", () => bare],
])("%s", (_, at) => {
  test("gives the most precise file, configuration and tokenizer", async () => {
    const { modelPath, model, config, tokenizer } = await open("who/plain", { at: at() });
    expect(modelPath).toBe("onnx/model.onnx");
    expect(sameBytes(model, whole)).toBe(true);
    expect(config).toEqual({ model_type: "bert" });
    expect(tokenizer).toEqual({ "tokenizer.json": '{"model":{}}', "tokenizer_config.json": '{"do_lower_case":true}' });
  });

  test("gives the file that is asked for, by path, name or precision", async () => {
    for (const file of ["onnx/model_quantized.onnx", "model_quantized.onnx", "q8"])
      expect((await open("who/plain", { at: at(), file })).modelPath).toBe("onnx/model_quantized.onnx");
  });

  test("gives external data by the graph's names, and adds up the bytes", async () => {
    const { external, bytes, reports } = await open("who/split", { at: at() });
    expect([...external.keys()]).toEqual(["model.onnx_data", "./model.onnx_data_1"]);
    for (const bytes of external.values()) expect(sameBytes(bytes, data)).toBe(true);
    expect(bytes).toBe(pointing("model.onnx_data", "./model.onnx_data_1").length + 200_000);
    const last = reports.at(-1)!;
    expect(last.parts!.map(({ label }) => label).sort()).toEqual([
      "config.json",
      "model.onnx",
      "model.onnx_data",
      "model.onnx_data_1",
      "tokenizer.json",
      "tokenizer_config.json",
    ]);
    expect(last.done).toBe(last.total);
  });

  test("takes a decoder of one precision only", async () => {
    expect((await open("who/decoder", { at: at() })).modelPath).toBe("onnx/decoder_model_merged_q4.onnx");
  });

  test.each([
    ["who/halves", "encoder-decoder", /who\/halves, t5/],
    ["who/torch", "not-found", /no ONNX file/],
    ["who/incomplete", "missing-file", /missing file: weights.bin \(the weights of onnx\/model.onnx are in it\)/],
    ["who/nobody", "not-found", /no such model: who\/nobody/],
    ["a b", "bad-input", /not a hub id: a b/],
  ])("says what is wrong with %s", async (id, code, message) => {
    await expect(open(id, { at: at() })).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });
});

test("takes the address of a model's page for its id", async () => {
  expect((await open("https://huggingface.co/who/plain/tree/main")).modelPath).toBe("onnx/model.onnx");
});

test("names the files that are there where the one asked for isn't", async () => {
  await expect(open("who/plain", { file: "fp16" })).rejects.toMatchObject({
    code: "not-found",
    message: "no such file: fp16 (who/plain has onnx/model.onnx, onnx/model_quantized.onnx)",
  });
});

test("a download that is cut short fails, and can be tried again", async () => {
  hub.break("who/split", "onnx/model.onnx_data", { kind: "cut", after: 40_000 });
  await expect(open("who/split")).rejects.toMatchObject({
    code: "truncated",
    message: expect.stringMatching(/^download cut short: model.onnx_data \(\d+ of 100000 bytes came; try again\)$/),
  });
  expect(sameBytes((await open("who/split")).external.get("model.onnx_data")!, data)).toBe(true);
});

test.each([
  ["an error of the server", { kind: "status", status: 500 }],
  ["a broken connection", { kind: "reset" }],
] as const)("%s is told, and the next try succeeds", async (_, fault) => {
  hub.break("who/plain", "tokenizer.json", fault);
  await expect(open("who/plain")).rejects.toMatchObject({ code: "network" });
  expect((await open("who/plain")).tokenizer["tokenizer.json"]).toBe('{"model":{}}');
});

test("a download can be cancelled", async () => {
  let release = () => {};
  hub.break("who/split", "onnx/model.onnx_data", {
    kind: "hold",
    after: 1000,
    until: new Promise((resolve) => {
      release = resolve;
    }),
  });
  const controller = new AbortController();
  const opened = openModel(hubFolder(hub.url, { id: "who/split" }, controller.signal), undefined, ({ parts }) => {
    if (parts?.some(({ label, done }) => label === "model.onnx_data" && done >= 1000)) controller.abort();
  });
  await expect(opened.catch((error: unknown) => toFailure(error))).resolves.toMatchObject({ code: "cancelled" });
  release();
});
