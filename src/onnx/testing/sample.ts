import { float32, int64, tensor } from "../../tensor/tensor";
import { encodeUtf8 } from "../../tensor/utf8";
import {
  float,
  floats,
  graph as graphAttribute,
  int,
  ints,
  string,
  strings,
  tensorAttribute,
  weightOf,
} from "../attributes";
import type { Graph, Model, Node } from "../model";

export const node = (opType: string, inputs: string[], outputs: string[], rest: Partial<Node> = {}): Node => ({
  name: "",
  domain: "",
  opType,
  inputs,
  outputs,
  attributes: new Map(),
  ...rest,
});

export const graph = (rest: Partial<Graph>): Graph => ({
  name: "",
  nodes: [],
  inputs: [],
  outputs: [],
  initializers: new Map(),
  valueInfo: new Map(),
  ...rest,
});

/** A model in which everything occurs that `Model` can hold. */
export function sampleModel(): Model {
  const weights = [
    weightOf("w", float32([2, 3], [1, -2.5, 3, 1e-40, Number.POSITIVE_INFINITY, 6])),
    weightOf("empty", float32([0, 4], [])),
    weightOf("scalar", int64([], [2n ** 63n - 1n])),
    weightOf("nibbles", tensor("int4", [3], Uint8Array.of(0x21, 0x0f))),
    weightOf("halves", tensor("float16", [2], Uint16Array.of(0x3c00, 0x7c00))),
    {
      name: "away",
      dtype: "float32",
      dims: [4],
      source: { kind: "external", location: "w.bin", offset: 4096, length: 16 },
    },
    {
      name: "rest",
      dtype: "uint8",
      dims: [4],
      source: { kind: "external", location: "w.bin", offset: 0, length: null },
    },
    {
      name: "words",
      dtype: "string",
      dims: [2],
      source: { kind: "strings", values: [encodeUtf8("é"), Uint8Array.of(0xff)] },
    },
  ] as const;
  const body = graph({
    name: "then",
    nodes: [node("Identity", ["w"], ["inner"])],
    outputs: [{ name: "inner", dtype: null, dims: null }],
    initializers: new Map([["small", weightOf("small", int64([1], [7]))]]),
  });
  const everything = node("Everything", ["x", "", "w"], ["y", "z"], {
    name: "/layer.0/everything",
    domain: "com.example",
    attributes: new Map([
      ["f", float(0.1)],
      ["i", int(-1)],
      ["most", int(2n ** 63n - 1n)],
      ["least", int(-(2n ** 63n))],
      ["s", string("text é 🙂")],
      ["raw", { type: "string", value: Uint8Array.of(0xff, 0) }],
      ["t", tensorAttribute(weightOf("", float32([1], [0.5])))],
      ["g", graphAttribute(body)],
      ["fs", floats([1, 2.5, -0])],
      ["is", ints([1, -1, 2n ** 40n])],
      ["none", ints([])],
      ["ss", strings(["a", ""])],
      ["gs", { type: "graphs", value: [body, body] }],
      // An AttributeProto of type TYPE_PROTO: name "o", tp {}, type 13.
      ["o", { type: "opaque", value: Uint8Array.of(0x0a, 1, 0x6f, 0x72, 0, 0xa0, 1, 13) }],
    ]),
  });
  return {
    irVersion: 10,
    opsets: new Map([
      ["", 18],
      ["com.example", 1],
    ]),
    producer: "test",
    graph: graph({
      name: "main",
      nodes: [everything, node("NoOutputs", [], [])],
      inputs: [
        { name: "x", dtype: "float32", dims: ["batch", 3, null, 0] },
        { name: "scalar_in", dtype: "bool", dims: [] },
        // A TypeProto: sequence_type of a tensor_type of float.
        { name: "sequence", dtype: null, dims: null, type: Uint8Array.of(0x22, 6, 0x0a, 4, 0x0a, 2, 0x08, 1) },
      ],
      outputs: [
        { name: "y", dtype: "float16", dims: null },
        { name: "z", dtype: null, dims: null },
      ],
      initializers: new Map(weights.map((weight) => [weight.name, weight])),
      valueInfo: new Map([["v", { name: "v", dtype: "int64", dims: ["a+b"] }]]),
    }),
    functions: [
      {
        name: "Twice",
        domain: "com.example",
        inputs: ["a"],
        outputs: ["b"],
        attributeNames: ["axis"],
        attributes: new Map([["alpha", float(2)]]),
        nodes: [
          node("Concat", ["a", "a"], ["b"], {
            attributes: new Map([["axis", { type: "reference", value: "axis", code: 2 }]]),
          }),
        ],
        opsets: new Map([["", 18]]),
      },
    ],
    metadata: new Map([["key", "value"]]),
  };
}

/** What decoding and encoding may change is left out: whether bytes are part of a file, and where. */
export const withoutOffsets = (value: unknown): unknown => {
  if (value instanceof Map) return [...value].map(withoutOffsets);
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (Array.isArray(value)) return value.map(withoutOffsets);
  if (typeof value !== "object" || value === null) return value;
  const bytes = "kind" in value && value.kind === "bytes";
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !(bytes && key === "offset"))
      .map(([key, each]) => [key, withoutOffsets(each)]),
  );
};

/** A test's model of one graph, with the operators of com.microsoft. */
export const modelOf = (opset: number, parts: Parameters<typeof graph>[0], irVersion = 10): Model => ({
  irVersion,
  opsets: new Map([
    ["", opset],
    ["com.microsoft", 1],
  ]),
  producer: "test",
  functions: [],
  metadata: new Map(),
  graph: graph(parts),
});
