import { describe, expect, test } from "vitest";
import { graph as graphAttribute } from "../onnx/attributes";
import type { Node } from "../onnx/model";
import { graph, node } from "../onnx/testing/sample";
import { info } from "./testing/run";
import { captured, readsOf, sorted, topologyOf } from "./topology";

const branch = (nodes: Node[], output: string) => graphAttribute(graph({ name: "b", nodes, outputs: [info(output)] }));
const inner = node("If", ["c2"], ["i.out"], {
  attributes: new Map([
    ["then_branch", branch([node("Neg", ["deep"], ["t2"])], "t2")],
    ["else_branch", branch([], "passed")],
  ]),
});
const choice = node("If", ["c"], ["out"], {
  attributes: new Map([
    ["then_branch", branch([node("Add", ["a", "own"], ["t"]), node("Neg", ["t"], ["own2"]), inner], "own2")],
    ["else_branch", branch([node("Neg", ["b"], ["e"])], "e")],
  ]),
});

describe("what a node reads", () => {
  test("is its inputs without those left out, and what its subgraphs capture at any depth", () => {
    expect(readsOf(node("Clip", ["x", "", "high"], ["y"]))).toEqual(["x", "high"]);
    expect([...readsOf(choice)].sort()).toEqual(["a", "b", "c", "c2", "deep", "own", "passed"]);
  });

  test("leaves out a subgraph's inputs, initializers and own values", () => {
    const body = graph({
      nodes: [node("Add", ["i", "w"], ["s"]), node("Mul", ["s", "outer"], ["o"])],
      inputs: [info("i")],
      initializers: new Map([
        [
          "w",
          { name: "w", dtype: "float32", dims: [], source: { kind: "bytes", bytes: new Uint8Array(4), offset: null } },
        ],
      ]),
      outputs: [info("o")],
    });
    expect([...captured(body)]).toEqual(["outer"]);
  });
});

test("makers and readers of values, each reader once", () => {
  const [a, b] = [node("Mul", ["x", "x"], ["y", ""]), node("Neg", ["y"], ["z"])];
  const { producer, consumers } = topologyOf({ nodes: [a, b, choice] });
  expect(producer.get("y")).toBe(a);
  expect(producer.has("")).toBe(false);
  expect(consumers.get("x")).toEqual([a]);
  expect(consumers.get("a")).toEqual([choice]);
  expect(consumers.get("out")).toBeUndefined();
});

describe("the order of nodes", () => {
  const chain = Array.from({ length: 20000 }, (_, i) => node("Neg", [`v${i}`], [`v${i + 1}`]));

  test("stays where it is one", () => {
    expect(sorted(chain)).toEqual(chain);
  });

  test("puts makers before readers, through thousands of nodes", () => {
    expect(sorted([...chain].reverse())).toEqual(chain);
  });

  test("counts what subgraphs capture as read", () => {
    const maker = node("Neg", ["x"], ["deep"]);
    expect(sorted([choice, maker])).toEqual([maker, choice]);
  });

  test("doesn't exist in a circle", () => {
    const nodes = [node("Neg", ["b"], ["a"], { name: "first" }), node("Neg", ["a"], ["b"], { name: "second" })];
    expect(() => sorted(nodes)).toThrow(/^unsupported form: a graph with a cycle \((first|second)\)$/);
  });
});
