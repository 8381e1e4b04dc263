import { onnx } from "onnx-proto";
import { describe, expect, test } from "vitest";
import type { DType } from "../tensor/tensor";
import { encodeUtf8 } from "../tensor/utf8";
import { tensorOf } from "./attributes";
import { dtypeCodes } from "./codes";
import { decodeModel } from "./decode";
import { OnnxError } from "./error";
import type { Attribute, Graph, Model, ValueInfo, Weight } from "./model";
import { fixture } from "./testing/fixtures";

const files = [
  "bert-seqcls/onnx/model.onnx",
  "bert-seqcls/onnx/model_quantized.onnx",
  "bert-seqcls/onnx/model_dynamo23.onnx",
  "gpt2/onnx/model_q4.onnx",
  "gpt2-merged-past/onnx/decoder_model_merged.onnx",
  "llama/onnx/model_ext.onnx",
  "llama/genai/fp16/model.onnx",
];

/** The same facts, from either reader. */
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");
const sameDomain = (domain: string): string => (domain === "ai.onnx" ? "" : domain);

const oursWeight = ({ name, dtype, dims, source }: Weight): unknown => [
  name,
  dtypeCodes[dtype],
  [...dims],
  source.kind === "bytes"
    ? base64(source.bytes)
    : source.kind === "external"
      ? [source.location, source.offset, source.length]
      : source.values.map(base64),
];

const oursAttribute = (attribute: Attribute): unknown => {
  switch (attribute.type) {
    case "int":
      return String(attribute.value);
    case "ints":
      return attribute.value.map(String);
    case "string":
      return base64(attribute.value);
    case "strings":
      return attribute.value.map(base64);
    case "tensor":
      return oursWeight(attribute.value);
    case "graph":
      return oursGraph(attribute.value);
    default:
      return attribute.value;
  }
};

const oursInfo = ({ name, dtype, dims }: ValueInfo): unknown => [name, dtype ? dtypeCodes[dtype] : 0, dims];

const oursGraph = (graph: Graph): unknown => ({
  name: graph.name,
  nodes: graph.nodes.map((node) => [
    [node.name, node.opType, node.domain, node.inputs, node.outputs],
    [...node.attributes].map(([name, each]) => [name, each.type, oursAttribute(each)]),
  ]),
  inputs: graph.inputs.map(oursInfo),
  outputs: graph.outputs.map(oursInfo),
  initializers: [...graph.initializers.values()].map(oursWeight),
  valueInfo: [...graph.valueInfo.values()].map(oursInfo),
});

const oursModel = (model: Model): unknown => [
  model.irVersion,
  model.producer,
  [...model.opsets],
  [...model.metadata],
  oursGraph(model.graph),
];

const theirsBytes = ({ rawData, floatData, int32Data, dataType }: onnx.ITensorProto): Uint8Array => {
  if (floatData!.length > 0) return new Uint8Array(Float32Array.from(floatData!).buffer);
  if (int32Data!.length === 0) return rawData!;
  const bytewise = dataType === dtypeCodes.int8 || dataType === dtypeCodes.uint8;
  return bytewise ? Uint8Array.from(int32Data!) : new Uint8Array(Int32Array.from(int32Data!).buffer);
};

const theirsWeight = (tensor: onnx.ITensorProto): unknown => {
  const external = new Map(tensor.externalData?.map(({ key, value }) => [key, value]));
  const length = external.get("length");
  return [
    tensor.name,
    tensor.dataType,
    tensor.dims!.map(Number),
    tensor.dataLocation === onnx.TensorProto.DataLocation.EXTERNAL
      ? [external.get("location"), Number(external.get("offset") ?? 0), length ? Number(length) : null]
      : base64(theirsBytes(tensor)),
  ];
};

const theirsAttribute = (attribute: onnx.IAttributeProto): unknown => {
  const { AttributeType } = onnx.AttributeProto;
  switch (attribute.type) {
    case AttributeType.FLOAT:
      return ["float", attribute.f];
    case AttributeType.INT:
      return ["int", String(attribute.i)];
    case AttributeType.INTS:
      return ["ints", attribute.ints!.map(String)];
    case AttributeType.FLOATS:
      return ["floats", attribute.floats];
    case AttributeType.STRING:
      return ["string", base64(attribute.s!)];
    case AttributeType.STRINGS:
      return ["strings", attribute.strings!.map(base64)];
    case AttributeType.TENSOR:
      return ["tensor", theirsWeight(attribute.t!)];
    case AttributeType.GRAPH:
      return ["graph", theirsGraph(attribute.g!)];
    default:
      throw new Error(`attribute type ${attribute.type}`);
  }
};

const theirsInfo = ({ name, type }: onnx.IValueInfoProto): unknown => [
  name,
  type?.tensorType?.elemType ?? 0,
  type?.tensorType?.shape
    ? type.tensorType.shape.dim!.map((dim) => {
        const { value } = onnx.TensorShapeProto.Dimension.create(dim);
        return value === "dimValue" ? Number(dim.dimValue) : value === "dimParam" ? dim.dimParam : null;
      })
    : null,
];

const theirsGraph = (graph: onnx.IGraphProto): unknown => ({
  name: graph.name,
  nodes: graph.node!.map((node) => [
    [node.name, node.opType, sameDomain(node.domain!), node.input, node.output],
    node.attribute!.map((each) => [each.name, ...(theirsAttribute(each) as unknown[])]),
  ]),
  inputs: graph.input!.map(theirsInfo),
  outputs: graph.output!.map(theirsInfo),
  initializers: graph.initializer!.map(theirsWeight),
  valueInfo: graph.valueInfo!.map(theirsInfo),
});

const theirsModel = (bytes: Uint8Array): unknown => {
  const model = onnx.ModelProto.decode(bytes);
  return [
    Number(model.irVersion),
    model.producerName,
    model.opsetImport.map(({ domain, version }) => [sameDomain(domain!), Number(version)]),
    model.metadataProps.map(({ key, value }) => [key, value]),
    theirsGraph(model.graph!),
  ];
};

describe("a file decoded here and by protobufjs is the same", () => {
  test.each(files)("%s", (file) => {
    const bytes = fixture(file);
    expect(oursModel(decodeModel(bytes))).toEqual(theirsModel(bytes));
  });
});

test("weights are views of the file at their offset", () => {
  const bytes = fixture("bert-seqcls/onnx/model.onnx");
  const { initializers } = decodeModel(bytes).graph;
  expect(initializers.size).toBeGreaterThan(50);
  for (const { source } of initializers.values()) {
    if (source.kind !== "bytes" || source.offset === null) throw new Error("no view");
    expect(source.bytes.buffer).toBe(bytes.buffer);
    expect(source.bytes.byteOffset - bytes.byteOffset).toBe(source.offset);
  }
});

/** A model of one initializer, written by protobufjs. */
const withInitializer = (tensor: onnx.ITensorProto): Uint8Array =>
  onnx.ModelProto.encode({
    irVersion: 8,
    opsetImport: [{ domain: "", version: 18 }],
    graph: { name: "g", initializer: [{ name: "w", ...tensor }] },
  }).finish();

const only = (tensor: onnx.ITensorProto): Weight => decodeModel(withInitializer(tensor)).graph.initializers.get("w")!;

describe("elements outside raw_data", () => {
  const cases: [DType, onnx.ITensorProto, number[], (number | bigint)[]][] = [
    ["float32", { floatData: [1, -2.5, 0] }, [3], [1, -2.5, 0]],
    ["float64", { doubleData: [1, 0.1] }, [2], [1, 0.1]],
    ["int32", { int32Data: [1, -1, 2 ** 31 - 1] }, [3], [1, -1, 2 ** 31 - 1]],
    ["int16", { int32Data: [1, -2] }, [2], [1, -2]],
    ["uint16", { int32Data: [65535] }, [1], [65535]],
    ["int8", { int32Data: [-128, 127] }, [2], [-128, 127]],
    ["uint8", { int32Data: [255, 0] }, [2], [255, 0]],
    ["bool", { int32Data: [1, 0, 1] }, [3], [1, 0, 1]],
    ["float16", { int32Data: [0x3c00, 0xfc00] }, [2], [0x3c00, 0xfc00]],
    ["bfloat16", { int32Data: [0x3f80] }, [1], [0x3f80]],
    ["int4", { int32Data: [0x21, 0x0f] }, [3], [0x21, 0x0f]],
    ["uint4", { int32Data: [0xff] }, [2], [0xff]],
    ["int64", { int64Data: [1, -1, 2 ** 50] }, [3], [1n, -1n, 2n ** 50n]],
    ["uint64", { uint64Data: [2 ** 40] }, [], [2n ** 40n]],
    ["uint32", { uint64Data: [2 ** 32 - 1] }, [1], [2 ** 32 - 1]],
    ["float32", {}, [0, 3], []],
  ];
  test.each(cases)("%s %o", (dtype, data, dims, elements) => {
    const weight = only({ dataType: dtypeCodes[dtype], dims, ...data });
    expect(weight.dtype).toBe(dtype);
    expect([...tensorOf(weight).data]).toEqual(elements);
  });

  test("packed floats stay a view, others are copied", () => {
    const packed = only({ dataType: 1, dims: [2], floatData: [1, 2] }).source;
    const copied = only({ dataType: 7, dims: [2], int64Data: [1, 2] }).source;
    expect(packed).toMatchObject({ kind: "bytes", offset: expect.any(Number) });
    expect(copied).toMatchObject({ kind: "bytes", offset: null });
  });

  test("unpacked elements, and the element type after them", () => {
    // dims 2, float_data 1.0 and 2.0 as fields of their own, name "w", data_type 1
    const tensor = [0x08, 2, 0x25, 0, 0, 0x80, 0x3f, 0x25, 0, 0, 0, 0x40, 0x42, 1, 0x77, 0x10, 1];
    const graph = [0x2a, tensor.length, ...tensor];
    const model = Uint8Array.from([0x08, 8, 0x3a, graph.length, ...graph, 0x42, 2, 0x10, 18]);
    expect([...tensorOf(decodeModel(model).graph.initializers.get("w")!).data]).toEqual([1, 2]);
  });

  test("strings stay bytes", () => {
    const { source } = only({ dataType: 8, dims: [2], stringData: [encodeUtf8("a"), Uint8Array.of(0xff)] });
    expect(source).toEqual({ kind: "strings", values: [encodeUtf8("a"), Uint8Array.of(0xff)] });
  });
});

test("INT64_MAX survives", () => {
  const attribute = [0x0a, 1, 0x65, 0x40, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 0xa0, 1, 7];
  const node = [0x2a, attribute.length, ...attribute];
  const inner = [0x0a, node.length, ...node];
  const model = Uint8Array.from([0x08, 8, 0x3a, inner.length, ...inner, 0x42, 2, 0x10, 18]);
  expect(decodeModel(model).graph.nodes[0]!.attributes.get("e")).toEqual({ type: "ints", value: [2n ** 63n - 1n] });
});

const failure = (bytes: Uint8Array): OnnxError => {
  try {
    decodeModel(bytes);
  } catch (error) {
    if (error instanceof OnnxError) return error;
    throw error;
  }
  throw new Error("decoded");
};

describe("a broken model names what broke, and where", () => {
  test.each<[string, onnx.ITensorProto, OnnxError["kind"], RegExp]>([
    [
      "a type no DType holds",
      { dataType: 17, dims: [1], rawData: Uint8Array.of(0) },
      "unsupported",
      /float8e4m3fn.*"w"/,
    ],
    ["too few bytes", { dataType: 1, dims: [2], rawData: new Uint8Array(4) }, "malformed", /"w".*4 bytes instead of 8/],
    ["too few elements", { dataType: 7, dims: [3], int64Data: [1] }, "malformed", /"w"/],
    ["too many elements", { dataType: 7, dims: [1], int64Data: [1, 2] }, "malformed", /"w"/],
    ["negative dims", { dataType: 1, dims: [-1], rawData: new Uint8Array(4) }, "malformed", /bad dims: "w"/],
    ["dims over 2^53", { dataType: 1, dims: [2 ** 40, 2 ** 40] }, "malformed", /bad dims: "w"/],
    ["dims that nothing fills", { dataType: 7, dims: [2 ** 40] }, "malformed", /fewer bytes/],
    ["segments", { dataType: 1, dims: [1], segment: { begin: 0, end: 1 } }, "unsupported", /segments/],
    [
      "an external offset that is no number",
      {
        dataType: 1,
        dims: [1],
        dataLocation: 1,
        externalData: [
          { key: "location", value: "w" },
          { key: "offset", value: "-1" },
        ],
      },
      "malformed",
      /external_data offset/,
    ],
    ["external data nowhere", { dataType: 1, dims: [1], dataLocation: 1 }, "malformed", /no external_data location/],
  ])("%s", (_, tensor, kind, message) => {
    const error = failure(withInitializer(tensor));
    expect(error.kind).toBe(kind);
    expect(error.message).toMatch(message);
    expect(error.message).toMatch(/\(byte \d+\)$/);
    expect(error.offset).toBeGreaterThan(0);
  });
});
