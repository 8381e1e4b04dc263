import { describe, expect, test } from "vitest";
import { feedsOf } from "../../explain/feeds";
import type { Graph, Value } from "../../onnx/model";
import { toFloat32 } from "../../tensor/half";
import { type Tensor, zeros } from "../../tensor/tensor";
import { canonicalise } from "../canonicalise";
import { bindInput, type Point } from "../inputs";
import { usedInputs } from "../prune";
import { fixtureFiles } from "../testing/fixtures";
import { info, runModel } from "../testing/run";
import { type Fact, Facts } from ".";

const widened = (fact: Fact): Fact => (fact.dtype === "float16" ? { ...fact, dtype: "float32" } : fact);

/** Facts of a graph's values with its inputs at a point. */
function factsAt(graph: Graph, opset: number, bound: ReadonlyMap<Value, Fact>): Facts {
  const facts = new Facts(opset, bound);
  facts.weights(graph);
  for (const node of graph.nodes) facts.infer(node);
  return facts;
}

const numbers = ({ dtype, dims, data }: Tensor): number[] =>
  dtype === "float16" ? [...toFloat32({ dtype, dims, data })] : Array.from(data as ArrayLike<number | bigint>, Number);

/** Within the rounding of float32. */
const same = (a: number, b: number): boolean =>
  Object.is(a, b) || a === b || Math.abs(a - b) <= 1e-6 * Math.max(Math.abs(a), Math.abs(b));

describe("the shapes that are followed through a canonical graph are those that it has when it runs", () => {
  test.each(fixtureFiles().map((file) => [file.name, file] as const))("%s", async (_name, file) => {
    const { model, inputs, point } = canonicalise(file.model(), file.config);
    const { graph } = model;
    const small: Point = { batch: 2, length: 5, image: point.image };
    const used = usedInputs(graph);
    const read = inputs.filter((i) => used.has(i.name));
    const facts = factsAt(
      graph,
      model.opsets.get("") as number,
      new Map(inputs.map((i) => [i.name, widened(bindInput(i, small))])),
    );
    const rows = (value: number) =>
      Array.from({ length: small.batch }, () => new Array<number>(small.length).fill(value));
    const feeds = feedsOf(
      read,
      read.some((i) => i.role === "pixels")
        ? { pixels: zeros("float32", [small.batch, 3, ...small.image]) }
        : { ids: rows(10), mask: rows(1), segments: rows(0) },
    );
    const values = [...new Set(graph.nodes.flatMap((n) => n.outputs))].filter((v) => v !== "");
    const outputs = values.map((v) => info(v));
    const inputsRead = graph.inputs.filter((i) => used.has(i.name));
    const results = await runModel(
      { ...model, graph: { ...graph, inputs: inputsRead, outputs } },
      feeds,
      values,
      file.external(),
    );
    const wrong = values.flatMap((value): readonly unknown[] => {
      const fact = facts.of(value);
      const { dtype, dims } = results[value];
      const real = { dtype, dims: [...dims] };
      if (fact.dtype !== dtype || String(fact.dims) !== String(dims)) return [{ value, inferred: fact, real }];
      const found = numbers(results[value]);
      return fact.value && !fact.value.every((v, i) => same(v, found[i])) ? [{ value, inferred: fact, found }] : [];
    });
    expect(wrong).toEqual([]);
  });
});
