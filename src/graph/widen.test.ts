import { describe, expect, test } from "vitest";
import { graph as graphAttribute, int, tensorAttribute, weightOf } from "../onnx/attributes";
import { dtypeCodes } from "../onnx/codes";
import type { Model, Node } from "../onnx/model";
import { graph, node } from "../onnx/testing/sample";
import { toBfloat16, toHalf } from "../tensor/half";
import { float32, type Tensor, tensor } from "../tensor/tensor";
import { info, runModel } from "./testing/run";
import { widen } from "./widen";

const half = (values: number[]): Tensor => tensor("float16", [values.length], toHalf(Float32Array.from(values)));
const brain = (values: number[]): Tensor => tensor("bfloat16", [values.length], toBfloat16(Float32Array.from(values)));
const to = (dtype: "float16" | "float32" | "bfloat16") => new Map([["to", int(dtypeCodes[dtype])]]);
const model = (
  nodes: Node[],
  weights: Readonly<Record<string, Tensor>> = {},
  dtype: "float16" | "float32" = "float16",
): Model => ({
  irVersion: 9,
  opsets: new Map([["", 18]]),
  producer: "test",
  functions: [],
  metadata: new Map(),
  graph: graph({
    name: "main",
    nodes,
    inputs: [info("x", dtype, [null]), info("flag", "bool", [])],
    outputs: [info("y", dtype)],
    initializers: new Map(Object.entries(weights).map(([name, t]) => [name, weightOf(name, t)])),
    valueInfo: new Map([["z", info("z", dtype)]]),
  }),
});
const x = float32([3], [1, 300, -2]);
const run = async (m: Model) =>
  Array.from((await runModel(m, { x, flag: tensor("bool", [], Uint8Array.of(1)) })).y.data as Float32Array);

describe("half-precision models in float32", () => {
  test("weights stay as the file has them and are cast where they are read", async () => {
    const wide = widen(model([node("Mul", ["x", "w"], ["y"])], { w: half([2, 300, 0.5]) }));
    expect([...wide.graph.initializers.values()].map((w) => [w.name, w.dtype])).toEqual([["w/float16", "float16"]]);
    expect(wide.graph.initializers.get("w/float16")?.source).toEqual(weightOf("w", half([2, 300, 0.5])).source);
    // Halves would have overflown at 65504.
    expect(await run(wide)).toEqual([2, 90000, -1]);
  });

  test("bfloat16 too", async () => {
    expect(await run(widen(model([node("Mul", ["x", "w"], ["y"])], { w: brain([2, 4, 0.5]) })))).toEqual([2, 1200, -1]);
  });

  test("inputs, outputs and casts become float32, and types of inner values are forgotten", async () => {
    const wide = widen(
      model([node("Cast", ["x"], ["h"], { attributes: to("float16") }), node("Mul", ["h", "h"], ["y"])]),
    );
    expect([...wide.graph.inputs, ...wide.graph.outputs].map((i) => i.dtype)).toEqual(["float32", "bool", "float32"]);
    expect(wide.graph.valueInfo.size).toBe(0);
    expect(await run(wide)).toEqual([1, 90000, 4]);
  });

  test("casts alone are enough to tell", async () => {
    const mixed = model(
      [
        node("Cast", ["x"], ["h"], { attributes: to("bfloat16") }),
        node("Mul", ["h", "h"], ["z"]),
        node("Cast", ["z"], ["y"], { attributes: to("float32") }),
      ],
      {},
      "float32",
    );
    expect(await run(widen(mixed))).toEqual([1, 90000, 4]);
  });

  test("constants, and shapes filled with one", async () => {
    const constant = node("Constant", [], ["c"], {
      attributes: new Map([["value", tensorAttribute(weightOf("", half([3])))]]),
    });
    const shape = node("Shape", ["x"], ["s"]);
    const fill = node("ConstantOfShape", ["s"], ["f"], {
      attributes: new Map([["value", tensorAttribute(weightOf("", half([2])))]]),
    });
    const wide = widen(model([constant, shape, fill, node("Mul", ["x", "c"], ["m"]), node("Add", ["m", "f"], ["y"])]));
    expect(await run(wide)).toEqual([5, 902, -4]);
  });

  test("branches, with weights of their own and captured ones", async () => {
    const branch = (name: string, op: string) =>
      graphAttribute(
        graph({
          name,
          nodes: [node(op, ["x", "w"], [`${name}.m`]), node("Add", [`${name}.m`, `${name}.own`], [`${name}.y`])],
          outputs: [info(`${name}.y`, "float16")],
          initializers: new Map([[`${name}.own`, weightOf(`${name}.own`, half([0.5]))]]),
        }),
      );
    const chosen = node("If", ["flag"], ["y"], {
      attributes: new Map([
        ["then_branch", branch("t", "Mul")],
        ["else_branch", branch("e", "Add")],
      ]),
    });
    expect(await run(widen(model([chosen], { w: half([2, 300, 0.5]) })))).toEqual([2.5, 90000.5, -0.5]);
  });

  test("a float32 model is the very same", () => {
    const plain = model([node("Neg", ["x"], ["y"])], { w: float32([1], [1]) }, "float32");
    expect(widen(plain)).toBe(plain);
  });
});
