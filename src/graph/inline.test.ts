import { describe, expect, test } from "vitest";
import { float, graph as graphAttribute, int, weightOf } from "../onnx/attributes";
import type { Attribute, LocalFunction, Model, Node } from "../onnx/model";
import { graph, node } from "../onnx/testing/sample";
import { float32, tensor } from "../tensor/tensor";
import { inlineFunctions } from "./inline";
import { info, runModel } from "./testing/run";

const reference = (value: string, code: number): Attribute => ({ type: "reference", value, code });
const attributes = (entries: Readonly<Record<string, Attribute>>) => new Map(Object.entries(entries));

/** h + h² of h = elu(x; alpha) * factor, with a default for alpha. */
const leaky: LocalFunction = {
  name: "Leaky",
  domain: "local",
  inputs: ["x"],
  outputs: ["y", "raw"],
  attributeNames: ["factor"],
  attributes: attributes({ alpha: float(0.5) }),
  nodes: [
    node("Elu", ["x"], ["raw"], { attributes: attributes({ alpha: reference("alpha", 1) }) }),
    node("Constant", [], ["f"], { attributes: attributes({ value_float: reference("factor", 1) }) }),
    node("Mul", ["raw", "f"], ["half"]),
    node("Mul", ["half", "half"], ["square"]),
    node("Add", ["half", "square"], ["y"]),
  ],
  opsets: new Map([["", 18]]),
};
/** Calls the other one twice, and once more within a branch that captures what the function made. */
const twice: LocalFunction = {
  name: "Twice",
  domain: "local",
  inputs: ["x", "shift", "flag"],
  outputs: ["y"],
  attributeNames: [],
  attributes: new Map(),
  nodes: [
    node("Leaky", ["x"], ["a", "a.raw"], {
      domain: "local",
      name: "call",
      attributes: attributes({ factor: float(2) }),
    }),
    node("Leaky", ["a"], ["b", "b.raw"], {
      domain: "local",
      name: "again",
      attributes: attributes({ factor: float(3), alpha: float(1) }),
    }),
    node("If", ["flag"], ["c"], {
      attributes: attributes({
        then_branch: graphAttribute(
          graph({
            name: "then",
            nodes: [
              node("Leaky", ["b"], ["t", "t.raw"], { domain: "local", attributes: attributes({ factor: float(-1) }) }),
            ],
            outputs: [info("t", "float32")],
          }),
        ),
        else_branch: graphAttribute(
          graph({
            name: "else",
            nodes: [node("Add", ["b", "own"], ["e"])],
            outputs: [info("e", "float32")],
            initializers: new Map([["own", weightOf("own", float32([], [10]))]]),
          }),
        ),
      }),
    }),
    node("Clip", ["c", "", "shift"], ["y"]),
  ],
  opsets: new Map([
    ["", 18],
    ["local", 1],
  ]),
};

const model = (nodes: Node[], functions: readonly LocalFunction[] = [leaky, twice]): Model => ({
  irVersion: 9,
  opsets: new Map([
    ["", 18],
    ["local", 1],
  ]),
  producer: "test",
  functions,
  metadata: new Map(),
  graph: graph({
    name: "main",
    nodes,
    inputs: [info("x", "float32", [null]), info("flag", "bool", [])],
    outputs: [info("out", "float32")],
    initializers: new Map([["top", weightOf("top", float32([], [4]))]]),
  }),
});
const called = model([
  node("Twice", ["x", "top", "flag"], ["once"], { domain: "local", name: "f" }),
  node("Twice", ["once", "", "flag"], ["out"], { domain: "local", name: "g" }),
]);

describe("functions in place of their calls", () => {
  test("run as ONNX Runtime runs them: names, defaults, references, branches, inputs left out", async () => {
    const inlined = inlineFunctions(called);
    expect(inlined.functions).toEqual([]);
    const x = float32([5], [-2, -0.5, 0, 0.25, 3]);
    for (const flag of [0, 1]) {
      const feeds = { x, flag: tensor("bool", [], Uint8Array.of(flag)) };
      expect(await runModel(inlined, feeds)).toEqual(await runModel(called, feeds));
    }
  });

  test("give every value a name of its own, though calls share theirs", () => {
    const named = (nodes: readonly Node[]) => nodes.map((n) => (n.name ? { ...n, name: "same" } : n));
    const functions = called.functions.map((f) => ({ ...f, nodes: named(f.nodes) }));
    const { nodes } = inlineFunctions({
      ...called,
      functions,
      graph: { ...called.graph, nodes: named(called.graph.nodes) },
    }).graph;
    const outputs = nodes.flatMap((n) => n.outputs);
    expect(new Set(outputs).size).toBe(outputs.length);
    expect(new Set(nodes.map((n) => n.name)).size).toBe(nodes.length);
  });

  test("a call within a branch of the main graph too", async () => {
    const branch = (name: string, nodes: Node[], output: string) =>
      graphAttribute(graph({ name, nodes, outputs: [info(output, "float32")] }));
    const chosen = model([
      node("If", ["flag"], ["out"], {
        attributes: attributes({
          then_branch: branch(
            "then",
            [node("Leaky", ["x"], ["t", "r"], { domain: "local", attributes: attributes({ factor: float(2) }) })],
            "r",
          ),
          else_branch: branch("else", [node("Neg", ["x"], ["e"])], "e"),
        }),
      }),
    ]);
    const inlined = inlineFunctions(chosen);
    expect(JSON.stringify([...inlined.graph.nodes[0].attributes.keys()])).toBe('["then_branch","else_branch"]');
    const feeds = { x: float32([2], [-2, 3]), flag: tensor("bool", [], Uint8Array.of(1)) };
    expect(await runModel(inlined, feeds)).toEqual(await runModel(chosen, feeds));
  });

  test("a model without functions is left as it is", () => {
    const plain = model([node("Neg", ["x"], ["out"])], []);
    expect(inlineFunctions(plain)).toBe(plain);
  });

  test("a function that calls itself is refused", () => {
    const endless: LocalFunction = {
      ...leaky,
      name: "Endless",
      nodes: [node("Endless", ["x"], ["y"], { domain: "local" })],
    };
    const circular = model([node("Endless", ["x"], ["out"], { domain: "local" })], [endless]);
    expect(() => inlineFunctions(circular)).toThrow(/^unsupported form: Endless calls itself \(/);
  });

  test("operator sets that only functions use are kept", () => {
    const other: LocalFunction = {
      ...leaky,
      nodes: [node("Gelu", ["x"], ["y"], { domain: "com.microsoft" })],
      opsets: new Map([["com.microsoft", 1]]),
    };
    const inlined = inlineFunctions(
      model([node("Leaky", ["x"], ["out"], { domain: "local", attributes: attributes({ unused: int(1) }) })], [other]),
    );
    expect(inlined.opsets.get("com.microsoft")).toBe(1);
  });
});
