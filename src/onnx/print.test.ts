import { expect, test } from "vitest";
import { float32, int64 } from "../tensor/tensor";
import { float, graph as graphAttribute, int, ints, string, tensorAttribute, weightOf } from "./attributes";
import { printGraph, printModel, printNode } from "./print";
import { graph, node, sampleModel } from "./testing/sample";

test("a node is one line", () => {
  expect(
    printNode(
      node("Attention", ["x", "", "w"], ["y", "z"], {
        domain: "com.microsoft",
        attributes: new Map([
          ["num_heads", int(12)],
          ["scale", float(0.125)],
          ["axes", ints([0, 1, 2, 3, 4, 5, 6, 7, 8])],
          ["mode", string("a\nb")],
          ["value", tensorAttribute(weightOf("", int64([2], [1, -1])))],
        ]),
      }),
    ),
  ).toBe(
    '%y, %z = com.microsoft.Attention(%x, _, %w) {num_heads = 12, scale = 0.125, axes = [0, 1, 2, 3, 4, 5, 6, 7, ...], mode = "a\\nb", value = int64 [2] {1, -1}}',
  );
});

test("a graph shows its signature, its weights and the graphs within", () => {
  const branch = (name: string) =>
    graph({ name, nodes: [node("Neg", ["x"], ["r"])], outputs: [{ name: "r", dtype: null, dims: null }] });
  const choice = node("If", ["c"], ["y"], {
    attributes: new Map([
      ["then_branch", graphAttribute(branch("then"))],
      ["else_branch", graphAttribute(branch("else"))],
    ]),
  });
  const main = graph({
    name: "main",
    nodes: [choice],
    inputs: [
      { name: "x", dtype: "float32", dims: ["batch", 3, null] },
      { name: "c", dtype: "bool", dims: [] },
    ],
    outputs: [{ name: "y", dtype: "float32", dims: null }],
    initializers: new Map([
      ["w", weightOf("w", float32([2, 5], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]))],
      [
        "away",
        {
          name: "away",
          dtype: "int8",
          dims: [4],
          source: { kind: "external", location: "w.bin", offset: 8, length: 4 },
        },
      ],
    ]),
  });
  expect(printGraph(main)).toBe(`graph "main" (%x: float32 [batch, 3, ?], %c: bool []) {
  %w: float32 [2, 5] {1, 2, 3, 4, 5, 6, 7, 8, ...}
  %away: int8 [4] in w.bin at 8
  %y = If(%c) {then_branch = graph "then" () {
    %r = Neg(%x)
    return %r: ? ?
  }, else_branch = graph "else" () {
    %r = Neg(%x)
    return %r: ? ?
  }}
  return %y: float32 ?
}`);
});

test("a model shows versions and functions", () => {
  const text = printModel(sampleModel());
  expect(text).toMatch(/^ir 10, opsets ai.onnx 18, com.example 1\n/);
  expect(text).toContain(
    "function com.example.Twice(%a) {axis, alpha = 2} {\n  %b = Concat(%a, %a) {axis = @axis}\n  return %b\n}",
  );
  expect(text).toContain("raw = 2 bytes");
  expect(text).toContain("o = 8 opaque bytes");
  expect(text).toContain('%words: string [2] {"é", 1 bytes}');
});
