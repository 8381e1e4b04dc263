import { expect, test } from "vitest";
import { graph as graphAttribute, weightOf } from "../onnx/attributes";
import { graph, node } from "../onnx/testing/sample";
import { float32 } from "../tensor/tensor";
import { prune, usedInputs } from "./prune";
import { info } from "./testing/run";

const weight = (name: string) => [name, weightOf(name, float32([1], [1]))] as const;
const whole = graph({
  nodes: [
    node("Add", ["x", "w"], ["a"]),
    node("Split", ["a"], ["left", "right"]),
    node("Mul", ["left", "unused.weight"], ["dead"]),
    node("If", ["c"], ["chosen"], {
      attributes: new Map([
        [
          "then_branch",
          graphAttribute(
            graph({ name: "t", nodes: [node("Mul", ["right", "inner.weight"], ["t"])], outputs: [info("t")] }),
          ),
        ],
        ["else_branch", graphAttribute(graph({ name: "e", nodes: [], outputs: [info("right")] }))],
      ]),
    }),
    node("Neg", ["dead"], ["deader"]),
  ],
  inputs: [info("x"), info("c"), info("other")],
  outputs: [info("chosen")],
  initializers: new Map([weight("w"), weight("unused.weight"), weight("inner.weight")]),
  valueInfo: new Map([
    ["a", info("a")],
    ["dead", info("dead")],
  ]),
});

test("keeps what the outputs need, through subgraphs, and all inputs", () => {
  const left = prune(whole);
  expect(left.nodes.map((n) => n.opType)).toEqual(["Add", "Split", "If"]);
  expect([...left.initializers.keys()]).toEqual(["w", "inner.weight"]);
  expect([...left.valueInfo.keys()]).toEqual(["a"]);
  expect(left.inputs).toEqual(whole.inputs);
  expect(prune(left)).toEqual(left);
});

test("an output may be an input or a weight itself", () => {
  const passed = prune({ ...whole, outputs: [info("x"), info("w")] });
  expect([passed.nodes, [...passed.initializers.keys()]]).toEqual([[], ["w"]]);
  expect(usedInputs(passed)).toEqual(new Set(["x"]));
});

test("inputs that are read, by subgraphs too", () => {
  expect(usedInputs(whole)).toEqual(new Set(["x", "c"]));
  expect(usedInputs({ ...whole, nodes: [...whole.nodes, node("Neg", ["other"], ["o"])] })).toEqual(
    new Set(["x", "c", "other"]),
  );
});
