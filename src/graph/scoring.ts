import { weightOf } from "../onnx/attributes";
import type { Model, Node, Value, ValueInfo, Weight } from "../onnx/model";
import { tensor, typedArrayOf } from "../tensor/tensor";
import type { AttentionSite } from "./anatomy";
import type { Flow } from "./anatomy/flow";
import { views } from "./anatomy/paths";
import type { Canonical } from "./canonicalise";
import { GraphError } from "./error";
import { bindInput } from "./inputs";
import { type Fact, Facts } from "./shapes";
import { readsOf } from "./topology";

/** A number that scores, queries or keys are multiplied with, or divided by. */
export interface Factor {
  readonly value: Value;
  readonly divides: boolean;
}

/** What is done to the product of queries and keys, step by step, moves of axes left out. */
export type ScoreStep =
  | { readonly kind: "scale"; readonly by: Factor }
  | { readonly kind: "tanh" | "bias" | "mask" | "extra" | "rounding" | "other" };

/** The part of a graph between the queries and keys of a site and its softmax, as a model of its own. */
export interface Scoring {
  readonly model: Model;
  /** Inputs of the whole model that it reads. */
  readonly inputs: readonly Value[];
  /** Activations besides queries and keys that it reads, which are taps: positions that meet queries or keys, gates. */
  readonly beside: readonly Value[];
  /** The softmax's input. */
  readonly logits: Value;
  readonly steps: readonly ScoreStep[];
  /** Where the product stands among what a `Concat` on the way puts together. */
  readonly extraFirst: boolean;
  /** Numbers that queries and keys were multiplied with since they were projected. */
  readonly before: { readonly q: readonly Factor[]; readonly k: readonly Factor[] };
}

const kinds: Readonly<Record<string, ScoreStep["kind"]>> = {
  Tanh: "tanh",
  Add: "bias",
  Sub: "bias",
  Sum: "bias",
  Where: "mask",
  Clip: "mask",
  Min: "mask",
  Max: "mask",
  Concat: "extra",
  Pad: "extra",
  QuantizeLinear: "rounding",
  DequantizeLinear: "rounding",
};

/**
 * Takes out what a site does between its queries and keys and its softmax, for texts of `length` tokens: shapes are
 * written into it as numbers, so that nothing before the queries, the keys and what stands beside them is needed.
 */
export function scoringOf(canonical: Canonical, flow: Flow, site: AttentionSite, length: number): Scoring {
  const facts = factsAt(canonical, length);
  const single = (value: Value): boolean => facts.dims(value)?.every((d) => d === 1) ?? false;
  const { between } = site;
  const logits = between[between.length - 1];
  const steps: ScoreStep[] = [];
  let extraFirst = false;
  between.slice(1).forEach((value, i) => {
    const node = flow.producer.get(value) as Node;
    if (views.has(node.opType)) return;
    const factor = factorOf(node, between[i], single);
    if (node.opType === "Concat" && node.inputs[0] !== between[i]) extraFirst = true;
    steps.push(factor ? { kind: "scale", by: factor } : { kind: (kinds[node.opType] ?? "other") as "other" });
  });
  const before = { q: factorsBefore(flow, site.q.value, single), k: factorsBefore(flow, site.k.value, single) };
  const numbers = [...steps.flatMap((s) => (s.kind === "scale" ? [s.by] : [])), ...before.q, ...before.k];
  const outputs = [...new Set([logits, ...numbers.map((f) => f.value)])];
  return { ...pieceOf(canonical, flow, site, facts, outputs), logits, steps, extraFirst, before };
}

const shapes = new Set(["Shape", "Size"]);

/** Activations that the scores of a site are made of besides its queries and keys. */
export function besideOf(flow: Flow, { q, k, between }: AttentionSite): readonly Value[] {
  const place = (value: Value) => flow.indexOf.get(value) ?? 0;
  const earliest = Math.min(place(q.value), place(k.value));
  const known = new Map<Value, boolean>([q, k].map((tap) => [tap.value, true]));
  /** Whether a value is made of queries or keys. */
  const isBehind = (value: Value): boolean => {
    const before = known.get(value);
    if (before !== undefined) return before;
    const node = flow.producer.get(value);
    const is = flow.has(value) && place(value) > earliest && node !== undefined && readsOf(node).some(isBehind);
    known.set(value, is);
    return is;
  };
  const beside = new Set<Value>();
  const seen = new Set([q.value, k.value]);
  const pending = [between[between.length - 1]];
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    if (seen.has(value)) continue;
    seen.add(value);
    const node = flow.producer.get(value);
    if (flow.has(value) && !isBehind(value)) beside.add(value);
    else if (node && !shapes.has(node.opType)) pending.push(...readsOf(node));
  }
  return [...beside];
}

/** The weights that scores are made of besides queries and keys: tables of biases, masks, numbers. */
export function scoreWeights({ model }: Canonical, flow: Flow, sites: readonly AttentionSite[]): ReadonlySet<Value> {
  const found = new Set<Value>();
  const seen = new Set<Value>();
  const ways = sites.flatMap((s) => [...s.between, s.q.value, s.k.value]);
  const pending = ways.flatMap((v) => flow.producer.get(v)?.inputs ?? []);
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    if (seen.has(value) || flow.has(value)) continue;
    seen.add(value);
    if (model.graph.initializers.has(value)) found.add(value);
    const node = flow.producer.get(value);
    if (node) pending.push(...readsOf(node));
  }
  return found;
}

/** The one number that a node multiplies or divides its activation by; null where it does something else. */
function factorOf(node: Node, activation: Value, single: (value: Value) => boolean): Factor | null {
  if (node.opType === "Neg") return null;
  const [first, second] = node.inputs;
  if (node.opType === "Mul" && first !== second) {
    const other = first === activation ? second : first;
    return single(other) ? { value: other, divides: false } : null;
  }
  return node.opType === "Div" && first === activation && single(second) ? { value: second, divides: true } : null;
}

/** Factors on the way back from queries or keys to their projection or rotation. */
function factorsBefore(flow: Flow, from: Value, single: (value: Value) => boolean): Factor[] {
  const found: Factor[] = [];
  let value = from;
  for (;;) {
    const node = flow.producer.get(value);
    const activation = node?.inputs.find((v) => flow.has(v));
    if (!node || activation === undefined) return found;
    const factor = factorOf(node, activation, single);
    if (factor && !flow.has(factor.value)) found.push(factor);
    else if (!views.has(node.opType)) return found;
    value = activation;
  }
}

/** Types and shapes of every value for one text of a length. */
function factsAt({ model, inputs, point }: Canonical, length: number): Facts {
  const bound = inputs.map((i): [Value, Fact] => {
    const fact = bindInput(i, { ...point, batch: 1, length });
    return [i.name, fact.dtype === "float16" || fact.dtype === "bfloat16" ? { ...fact, dtype: "float32" } : fact];
  });
  const facts = new Facts(model.opsets.get("") ?? model.opsets.get("ai.onnx") ?? 1, new Map(bound));
  facts.weights(model.graph);
  for (const node of model.graph.nodes) facts.infer(node);
  return facts;
}

/** The nodes that make `outputs` of queries, keys, inputs and weights; what only depends on shapes becomes numbers. */
function pieceOf(
  { model }: Canonical,
  flow: Flow,
  site: AttentionSite,
  facts: Facts,
  outputs: readonly Value[],
): Pick<Scoring, "model" | "inputs" | "beside"> {
  const { graph } = model;
  const { q, k, softmax } = site;
  const beside = besideOf(flow, site);
  const cut = new Set([q.value, k.value, ...beside]);
  const fed = new Map(graph.inputs.map((i) => [i.name, i]));
  const [inputs, nodes, initializers] = [new Map<Value, ValueInfo>(), new Set<Node>(), new Map<Value, Weight>()];
  const seen = new Set<Value>();
  const pending = [...outputs];
  while (pending.length > 0) {
    const value = pending.pop() as Value;
    if (seen.has(value)) continue;
    seen.add(value);
    const [input, weight, constant] = [
      fed.get(value),
      graph.initializers.get(value),
      constantOf(value, facts.of(value)),
    ];
    if (cut.has(value)) inputs.set(value, { name: value, dtype: facts.of(value).dtype, dims: null });
    else if (weight) initializers.set(value, weight);
    else if (constant) initializers.set(value, constant);
    else if (input) inputs.set(value, input);
    else {
      const node = flow.producer.get(value);
      if (!node) throw new GraphError("unsupported form", `scores that are made of ${value}`, softmax);
      nodes.add(node);
      pending.push(...readsOf(node));
    }
  }
  const part = {
    name: "scores",
    nodes: graph.nodes.filter((n) => nodes.has(n)),
    inputs: [...inputs.values()],
    outputs: outputs.map((name) => ({ name, dtype: facts.of(name).dtype, dims: null })),
    initializers,
    valueInfo: new Map(),
  };
  return {
    model: { ...model, graph: part },
    inputs: [...inputs.keys()].filter((name) => !cut.has(name)),
    beside,
  };
}

/** A followed value as a weight. */
function constantOf(name: Value, { dtype, dims, value }: Fact): Weight | null {
  if (!dtype || !dims || !value) return null;
  const data = new (typedArrayOf(dtype))(value.length);
  value.forEach((v, i) => {
    (data as { [i: number]: number | bigint })[i] =
      data instanceof BigInt64Array || data instanceof BigUint64Array ? BigInt(v) : v;
  });
  return weightOf(name, tensor(dtype, dims, data));
}
