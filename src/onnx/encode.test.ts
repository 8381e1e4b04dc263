import { onnx } from "onnx-proto";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { describe, expect, test, vi } from "vitest";
import { int64 } from "../tensor/tensor";
import { weightOf } from "./attributes";
import { decodeModel } from "./decode";
import { encodeModel } from "./encode";
import { OnnxError } from "./error";
import type { Model } from "./model";
import { fixture } from "./testing/fixtures";
import { graph, sampleModel, withoutOffsets } from "./testing/sample";

vi.setConfig({ testTimeout: 60_000 });

const models = [
  "bert-seqcls/onnx/model.onnx",
  "bert-seqcls/onnx/model_quantized.onnx",
  "bert-seqcls/onnx/model_dynamo23.onnx",
  "gpt2/onnx/model.onnx",
  "gpt2/onnx/model_q4.onnx",
  "gpt2-merged-past/onnx/decoder_model_merged.onnx",
  "llama/onnx/model_ext.onnx",
  "llama/genai/fp16/model.onnx",
];

test("everything that a model can hold survives writing and reading", () => {
  const model = sampleModel();
  expect(withoutOffsets(decodeModel(encodeModel(model)))).toEqual(withoutOffsets(model));
});

describe("files survive reading, writing and reading", () => {
  test.each(models)("%s", (file) => {
    const model = decodeModel(fixture(file));
    const bytes = encodeModel(model);
    expect(withoutOffsets(decodeModel(bytes))).toEqual(withoutOffsets(model));
    expect(Buffer.compare(encodeModel(decodeModel(bytes)), bytes)).toBe(0);
  });
});

test("protobufjs reads what is written here", () => {
  const model = onnx.ModelProto.decode(encodeModel(sampleModel()));
  expect(onnx.ModelProto.verify(model)).toBe(null);
  const [everything] = model.graph!.node!;
  const byName = new Map(everything!.attribute!.map((each) => [each.name, each]));
  expect(byName.get("f")!.f).toBe(Math.fround(0.1));
  expect(String(byName.get("i")!.i)).toBe("-1");
  expect(byName.get("is")!.ints!.map(Number)).toEqual([1, -1, 2 ** 40]);
  expect(byName.get("fs")!.floats).toEqual([1, 2.5, -0]);
  expect(Buffer.from(byName.get("s")!.s!).toString()).toBe("text é 🙂");
  expect(model.functions).toMatchObject([{ name: "Twice", domain: "com.example" }]);
});

describe("externalised weights", () => {
  test("point into the original file, and only the larger ones", () => {
    const bytes = fixture("bert-seqcls/onnx/model.onnx");
    const model = decodeModel(bytes);
    const small = encodeModel(model, { externalize: { location: "orig" } });
    expect(small.length).toBeLessThan(bytes.length / 4);
    const written = decodeModel(small).graph.initializers;
    let external = 0;
    for (const [name, { source }] of model.graph.initializers) {
      if (source.kind !== "bytes" || source.offset === null) throw new Error("no view");
      const { length } = source.bytes;
      const now = written.get(name)!.source;
      if (length >= 1024) {
        expect(now).toEqual({ kind: "external", location: "orig", offset: source.offset, length });
        expect(Buffer.compare(bytes.subarray(source.offset, source.offset + length), source.bytes)).toBe(0);
        external++;
      } else expect(now).toMatchObject({ kind: "bytes", bytes: source.bytes });
    }
    expect(external).toBeGreaterThan(10);
  });

  test("of no file stay inline", () => {
    const big = weightOf("big", int64([1000], new Array<number>(1000).fill(3)));
    const model: Model = { ...sampleModel(), graph: graph({ initializers: new Map([["big", big]]) }) };
    const { source } = decodeModel(encodeModel(model, { externalize: { location: "orig" } })).graph.initializers.get(
      "big",
    )!;
    expect(source).toMatchObject({ kind: "bytes", bytes: { length: 8000 } });
  });
});

/** The value of every input of a model, with whatever its symbolic dimensions are set to. */
function feedsFor({ graph: { inputs } }: Model): Record<string, Tensor> {
  const sizes: Record<string, number> = { batch_size: 2, sequence_length: 5, past_sequence_length: 0 };
  return Object.fromEntries(
    inputs.map(({ name, dtype, dims }) => {
      const shape = dims!.map((dim) =>
        typeof dim === "number" ? dim : (sizes[dim!] ?? (dim!.includes("past") && !dim!.includes("+") ? 0 : 5)),
      );
      const size = shape.reduce((n, d) => n * d, 1);
      if (dtype === "bool") return [name, new Tensor("bool", [false], shape)];
      if (dtype === "float32") return [name, new Tensor("float32", new Float32Array(size), shape)];
      const values = BigInt64Array.from({ length: size }, (_, i) =>
        name.includes("mask")
          ? 1n
          : name.includes("position")
            ? BigInt(i % 5)
            : name.includes("type")
              ? 0n
              : BigInt(i + 3),
      );
      return [name, new Tensor("int64", values, shape)];
    }),
  );
}

async function logits(model: Uint8Array, external: Record<string, Uint8Array>, feeds: Record<string, Tensor>) {
  const session = await InferenceSession.create(model, {
    externalData: Object.entries(external).map(([path, data]) => ({ path, data })),
    logSeverityLevel: 3,
  });
  const { logits } = await session.run(feeds, ["logits"]);
  await session.release();
  return { dims: logits!.dims, data: logits!.data as Float32Array };
}

describe("ONNX Runtime gives the same logits", () => {
  test.each([
    ["bert-seqcls/onnx/model.onnx", null],
    ["bert-seqcls/onnx/model_quantized.onnx", null],
    ["bert-seqcls/onnx/model_dynamo23.onnx", null],
    ["gpt2/onnx/model_q4.onnx", null],
    ["gpt2-merged-past/onnx/decoder_model_merged.onnx", null],
    ["llama/onnx/model_ext.onnx", "model_ext.onnx_data"],
  ])("%s", async (file, dataName) => {
    const bytes = fixture(file);
    const model = decodeModel(bytes);
    const feeds = feedsFor(model);
    const data: Record<string, Uint8Array> = dataName
      ? { [dataName]: fixture(`${file.slice(0, file.lastIndexOf("/"))}/${dataName}`) }
      : {};
    const stock = await logits(bytes, data, feeds);
    expect(stock.data.some((value) => value !== 0)).toBe(true);
    expect(await logits(encodeModel(model), data, feeds)).toEqual(stock);
    const pointing = encodeModel(model, { externalize: { location: "orig" } });
    expect(await logits(pointing, { ...data, orig: bytes }, feeds)).toEqual(stock);
  });
});

test("over 2 GiB inline is refused before it is written", () => {
  // One megabyte, named two thousand times over.
  const weight = { ...weightOf("w", int64([131072], new Array<number>(131072).fill(0))), name: "w" };
  const initializers = new Map(Array.from({ length: 2100 }, (_, i) => [`w${i}`, weight]));
  const model: Model = { ...sampleModel(), graph: graph({ initializers }) };
  const error = (() => {
    try {
      encodeModel(model);
    } catch (error) {
      return error;
    }
    return null;
  })();
  expect(error).toBeInstanceOf(OnnxError);
  expect(error).toMatchObject({ kind: "too-large" });
});
