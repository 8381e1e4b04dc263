import { expect, test } from "vitest";
import { decodeModel } from "../../onnx/decode";
import { encodeModel } from "../../onnx/encode";
import type { Node } from "../../onnx/model";
import { namedAngles } from "./angles";

const node = (opType: string, name: string, inputs: string[], outputs: string[]): Node => ({
  ...{ name, opType, domain: "", inputs, outputs, attributes: new Map() },
});

const modelOf = (nodes: readonly Node[]): Uint8Array =>
  encodeModel({
    irVersion: 8,
    opsets: new Map([["", 17]]),
    producer: "",
    graph: {
      name: "angles",
      nodes,
      inputs: [{ name: "x", dtype: "float32", dims: [1] }],
      outputs: [{ name: "z", dtype: "float32", dims: [1] }],
      initializers: new Map(),
      valueInfo: new Map(),
    },
    functions: [],
    metadata: new Map(),
  });

test("names every sine and cosine, and leaves a graph alone whose nodes have names", () => {
  const named = modelOf([node("Sin", "a", ["x"], ["y"]), node("Exp", "b", ["y"], ["z"])]);
  expect(namedAngles(named)).toEqual({ graph: named, names: ["a"] });
  const { graph, names } = namedAngles(
    modelOf([node("Cos", "", ["x"], ["y"]), node("Sin", "", ["y"], ["w"]), node("Exp", "", ["w"], ["z"])]),
  );
  expect(names).toEqual(["angle/y", "angle/w"]);
  expect(decodeModel(graph).graph.nodes.map((n) => n.name)).toEqual(["angle/y", "angle/w", ""]);
});
