import { describe, expect, test } from "vitest";
import { graph as graphAttribute, tensorAttribute, weightOf } from "../onnx/attributes";
import type { Attribute, Model, Node, Value } from "../onnx/model";
import { node } from "../onnx/testing/sample";
import { int64 } from "../tensor/tensor";
import type { Builder } from "./builder";
import { pointOf } from "./inputs";
import { beforeAfter } from "./testing/before-after";
import { info } from "./testing/run";
import { type Options, transformer } from "./testing/transformer";

const texts = [
  { ids: [[3, 14, 15]], mask: [[1, 1, 1]], segments: [[0, 0, 0]] },
  { ids: [[3, 14, 15, 9, 2]], mask: [[1, 1, 1, 1, 1]], segments: [[0, 0, 0, 0, 0]] },
];

const heads = (b: Builder, x: Value, n: number) => b.transpose(b.reshape(x, [0, 0, n, -1]), [0, 2, 1, 3]);
const plain: Options["attention"] = (b, { q, k, v, bias, heads: n }) => {
  const scores = b.add(b.matmul(heads(b, q, n), b.transpose(heads(b, k, n), [0, 1, 3, 2])), bias);
  return b.reshape(b.transpose(b.matmul(b.softmax(scores), heads(b, v, n)), [0, 2, 1, 3]), [0, 0, -1]);
};

/** A transformer whose logits are doubled or negated, by a condition over `ids` of [1, tokens] that `nodes` compute. */
function choosing(nodes: readonly Node[], condition: Value): Model {
  const { graph, ...model } = transformer({ attention: plain });
  const moved = graph.nodes.map((n) => ({ ...n, outputs: n.outputs.map((o) => (o === "logits" ? "plain" : o)) }));
  const branch = (made: Node, name: Value): Attribute =>
    graphAttribute({
      name,
      nodes: [made],
      inputs: [],
      outputs: [info(name, "float32", null)],
      initializers: new Map(),
      valueInfo: new Map(),
    });
  const choice = node("If", [condition], ["logits"], {
    attributes: new Map([
      ["then_branch", branch(node("Add", ["plain", "plain"], ["doubled"]), "doubled")],
      ["else_branch", branch(node("Neg", ["plain"], ["negated"]), "negated")],
    ]),
  });
  const constants = { zero: int64([1], [0]), one: int64([1], [1]), five: int64([], [5]), six: int64([], [6]) };
  return {
    ...model,
    graph: {
      ...graph,
      nodes: [...moved, ...nodes, choice],
      initializers: new Map([
        ...graph.initializers,
        ...Object.entries(constants).map(([name, tensor]) => [name, weightOf(name, tensor)] as const),
      ]),
    },
  };
}

const size = (of: Value, axis: Value, name: Value): Node[] => [
  node("Shape", [of], [`${name}.shape`]),
  node("Gather", [`${name}.shape`, axis], [`${name}.one`]),
  node("Squeeze", [`${name}.one`], [name]),
];

/** How many choices are left, once the model was seen to compute what it did. */
async function left(model: Model): Promise<number> {
  let choices = 0;
  for (const text of texts) {
    const { stock, canonical, written } = await beforeAfter(model, text);
    expect(canonical.length).toBe(stock.length);
    for (const [i, x] of stock.entries()) expect(canonical[i]).toBeCloseTo(x, 5);
    choices = written.graph.nodes.filter(({ opType }) => opType === "If").length;
  }
  return choices;
}

describe("a choice", () => {
  const sizes = [...size("input_ids", "one", "tokens"), ...size("plain", "one", "rows")];

  test("by two sizes that are always equal takes its branch", async () => {
    expect(await left(choosing([...sizes, node("Equal", ["tokens", "rows"], ["same"])], "same"))).toBe(0);
    const negated = [node("Equal", ["tokens", "rows"], ["same"]), node("Not", ["same"], ["other"])];
    expect(await left(choosing([...sizes, ...negated], "other"))).toBe(0);
  });

  test("by constants takes its branch", async () => {
    expect(await left(choosing([node("Equal", ["five", "six"], ["same"])], "same"))).toBe(0);
  });

  test("by a size that one text has and another hasn't stays", async () => {
    expect(await left(choosing([...sizes, node("Equal", ["tokens", "five"], ["same"])], "same"))).toBe(1);
    expect(await left(choosing([...sizes, node("Greater", ["tokens", "five"], ["longer"])], "longer"))).toBe(1);
  });

  test("by a size and a constant that is the size where shapes are followed stays", async () => {
    const { length } = pointOf(choosing([], "unused"), null);
    const met: Attribute = tensorAttribute(weightOf("met", int64([], [length])));
    const nodes = [
      ...sizes,
      node("Constant", [], ["met"], { attributes: new Map([["value", met]]) }),
      node("Equal", ["tokens", "met"], ["same"]),
    ];
    expect(await left(choosing(nodes, "same"))).toBe(1);
  });

  test("by either of two is known where one settles it", async () => {
    const both = [node("Equal", ["tokens", "rows"], ["same"]), node("Greater", ["tokens", "five"], ["longer"])];
    expect(await left(choosing([...sizes, ...both, node("Or", ["same", "longer"], ["any"])], "any"))).toBe(0);
    expect(await left(choosing([...sizes, ...both, node("And", ["same", "longer"], ["all"])], "all"))).toBe(1);
  });
});
