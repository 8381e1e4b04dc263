import type { Anatomy } from "../graph/anatomy";
import { Builder } from "../graph/builder";
import type { Canonical } from "../graph/canonicalise";
import type { Graph, Model, Node, Value, ValueInfo } from "../onnx/model";
import { targetRow, withAnswerRows } from "./answer-rows";
import { backward } from "./backward";
import type { Rules } from "./gradient";
import { exact } from "./gradients";
import { byGradient, type Normalised, seedsOf, targetInputInfo } from "./seed";

/** What is gone back through. */
export interface Subject {
  /** The graph as it is run, with all that was added to the canonical one. */
  readonly graph: Graph;
  readonly canonical: Canonical;
  /** What was found in it, by the names of values; null where nobody looked. */
  readonly anatomy: Anatomy | null;
}

/** A way to go back through the graph: its name, which its input and its outputs carry, and its rules. */
export interface Mode {
  readonly name: string;
  /** @throws GraphError for a graph that the rules can't be chosen for. */
  rules(subject: Subject): Rules;
  /** How probabilities and their logarithms are passed back to logits; by gradients where it isn't given. */
  readonly normalised?: Normalised;
}

export const gradientMode: Mode = { name: "gradient", rules: () => exact };

/** The boolean input that switches a mode on. */
export const switchOf = (mode: Mode): Value => `${mode.name}.on`;
/** The output that holds a value's cotangent by a mode. */
export const cotangentOf = (mode: Mode, value: Value): Value => `${mode.name}:${value}`;

/**
 * The model with one boolean input a mode; where that is true, the cotangents of `wanted` are outputs too. The backward
 * nodes stand in the branch of an `If` and read the forward's values from outside, so what isn't asked for isn't run, and
 * weights stand in the file once.
 */
export function withCotangents(
  model: Model,
  canonical: Canonical,
  wanted: readonly Value[],
  modes: readonly Mode[] = [gradientMode],
  anatomy: Anatomy | null = null,
): Model {
  const { facts, point, answers } = canonical;
  for (const info of targetInputInfo)
    facts.set(info.name, {
      dtype: info.dtype,
      dims: info.dims?.map((d) => (d === "rows" ? point.batch : 2)) ?? null,
    });
  const opset = opsetFor(model);
  const answering = withAnswerRows(model, canonical, opset);
  const nodes: Node[] = [];
  const outputs: ValueInfo[] = [];
  for (const mode of modes) {
    const rules = mode.rules({ graph: model.graph, canonical, anatomy });
    const { normalised = byGradient } = mode;
    const b = new Builder(opset, mode.name, facts);
    const names = wanted.map((value) => cotangentOf(mode, value));
    const made = b.choice(
      switchOf(mode),
      (c) => {
        const seeds = seedsOf(c, { graph: model.graph, facts, point, answers, rules, normalised, row: targetRow });
        const request = { graph: model.graph, facts, rules, seeds, wanted };
        const cotangents = backward(request, c);
        return wanted.map((value) => cotangents.get(value) as Value);
      },
      (c) => {
        const nothing = c.constant({ dtype: "float32", dims: [0], data: new Float32Array(0) });
        return wanted.map(() => c.op("Identity", [nothing]));
      },
      names,
    );
    nodes.push(...b.nodes);
    outputs.push(...made.map((name): ValueInfo => ({ name, dtype: "float32", dims: null })));
  }
  const switches = modes.map((mode): ValueInfo => ({ name: switchOf(mode), dtype: "bool", dims: [] }));
  const { graph } = answering;
  return {
    ...answering,
    irVersion: Math.max(model.irVersion, 4), // before, a constant of a branch had to be its input
    opsets: opset === opsetOf(model) ? model.opsets : new Map(model.opsets).set("", opset),
    graph: {
      ...graph,
      nodes: [...graph.nodes, ...nodes],
      inputs: [...graph.inputs.filter((i) => !graph.initializers.has(i.name)), ...targetInputInfo, ...switches],
      outputs: [...graph.outputs, ...outputs],
    },
  };
}

/** Operators that are passed back through by adding at places. */
const placing = new Set(["GatherElements", "GatherND", "MaxPool"]);

/** The file's opset, or 16, which can add at places and takes what 13 to 15 do as they do. */
function opsetFor(model: Model): number {
  const own = opsetOf(model);
  return own >= 13 && own < 16 && model.graph.nodes.some((n) => placing.has(n.opType)) ? 16 : own;
}

const opsetOf = ({ opsets }: Model): number => opsets.get("") ?? opsets.get("ai.onnx") ?? 1;
