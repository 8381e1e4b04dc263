import { Builder } from "../../../graph/builder";
import { type Fact, Facts } from "../../../graph/shapes";
import { info, runModel } from "../../../graph/testing/run";
import { weightOf } from "../../../onnx/attributes";
import type { Value } from "../../../onnx/model";
import { graph, modelOf } from "../../../onnx/testing/sample";
import type { Tensor } from "../../../tensor/tensor";
import { backward } from "../../backward";
import { type Preset, rulesOf } from "../presets";
import { readGraph } from "../reading";

/** A small graph under a preset. */
export interface Trial {
  /** What relevance is asked of. */
  readonly inputs: Readonly<Record<string, Tensor>>;
  readonly weights?: Readonly<Record<string, Tensor>>;
  /** Emits the graph from the inputs' and weights' names and returns its answer. */
  readonly emit: (b: Builder) => Value;
  readonly preset: Preset;
  /** Cotangent of the answer, of its shape. */
  readonly seed: Tensor;
  /** Values that count as attention probabilities. */
  readonly probs?: readonly Value[];
  readonly opset?: number;
}

/** The answer, and the cotangents of the inputs. */
export async function run({ inputs, weights = {}, emit, preset, seed, probs = [], opset = 20 }: Trial): Promise<{
  readonly answer: readonly number[];
  readonly cotangents: Readonly<Record<string, readonly number[]>>;
}> {
  const bound = Object.entries(inputs).map(([name, t]): [Value, Fact] => [name, { dtype: t.dtype, dims: t.dims }]);
  const facts = new Facts(opset, new Map([...bound, ["seed", { dtype: seed.dtype, dims: seed.dims }]]));
  const given = new Map(Object.entries(weights).map(([name, t]) => [name, weightOf(name, t)]));
  facts.weights({ initializers: given });
  const forward = new Builder(opset, "forward", facts);
  const answer = emit(forward);
  const whole = graph({ nodes: forward.nodes, initializers: new Map([...given, ...forward.initializers]) });
  const sources = Object.keys(inputs);
  const reading = readGraph(whole, facts, { sources, answers: [answer], probs, cuts: [], ends: [] });
  const back = new Builder(opset, "back", facts);
  const rules = rulesOf(preset, reading);
  const made = backward({ graph: whole, facts, rules, seeds: new Map([[answer, "seed"]]), wanted: sources }, back);
  const fetches = [...new Set([answer, ...made.values()])];
  const model = modelOf(opset, {
    nodes: [...forward.nodes, ...back.nodes],
    inputs: [...bound.map(([name, f]) => info(name, f.dtype, f.dims)), info("seed", seed.dtype, seed.dims)],
    outputs: fetches.map((name) => info(name, facts.of(name).dtype)),
    initializers: new Map([...whole.initializers, ...back.initializers]),
  });
  const results = await runModel(model, { ...inputs, seed }, fetches);
  const numbers = (value: Value) => Array.from(results[value].data as ArrayLike<number>, Number);
  return {
    answer: numbers(answer),
    cotangents: Object.fromEntries(sources.map((v) => [v, numbers(made.get(v) as Value)])),
  };
}
