import type { Graph, Node, Value } from "../../onnx/model";
import { operatorOf } from "../rewrites";
import type { Facts } from "../shapes";
import { readsOf, topologyOf } from "../topology";

/** Operators whose results tell of shapes or comparisons, not of activations. */
const silent = new Set(
  "Shape Size ConstantOfShape Range NonZero ArgMax ArgMin OneHot EyeLike RandomNormalLike RandomUniformLike".split(" "),
);

/** The activations: values on a way from the embedding of the input to the answers, in the order of the nodes. */
export interface Flow {
  readonly order: readonly Value[];
  readonly indexOf: ReadonlyMap<Value, number>;
  readonly producer: ReadonlyMap<Value, Node>;
  readonly consumers: ReadonlyMap<Value, readonly Node[]>;
  /** Values that every way from the embedding to the answers passes, in order. */
  readonly cuts: readonly Value[];
  has(value: Value): boolean;
}

/** Follows activations from `sources` to `answers`. Truth values and 64-bit integers carry none. */
export function flowOf(graph: Graph, facts: Facts, sources: readonly Value[], answers: readonly Value[]): Flow {
  const { producer, consumers } = topologyOf(graph);
  const reached = new Set<Value>(sources);
  for (const node of graph.nodes) {
    if (silent.has(node.opType) || !readsOf(node).some((v) => reached.has(v))) continue;
    for (const output of node.outputs) {
      const { dtype } = facts.of(output);
      if (output && dtype !== "bool" && dtype !== "int64") reached.add(output);
    }
  }
  const wanted = new Set<Value>();
  const pending = answers.filter((v) => reached.has(v));
  while (pending.length > 0) {
    const value = pending.pop() as Value;
    if (wanted.has(value)) continue;
    wanted.add(value);
    if (sources.includes(value)) continue;
    const node = producer.get(value);
    if (node) pending.push(...readsOf(node).filter((v) => reached.has(v)));
  }
  const live = sources.filter((s) => wanted.has(s));
  const order = [...live.filter((s) => !producer.has(s))];
  for (const node of graph.nodes) for (const output of node.outputs) if (wanted.has(output)) order.push(output);
  const indexOf = new Map(order.map((v, i) => [v, i]));
  return {
    order,
    indexOf,
    producer,
    consumers,
    cuts: cutsOf(order, indexOf, producer, live),
    has: (v) => wanted.has(v),
  };
}

/** A value is a cut where no edge leads from before it to behind it. */
function cutsOf(
  order: readonly Value[],
  indexOf: ReadonlyMap<Value, number>,
  producer: ReadonlyMap<Value, Node>,
  sources: readonly Value[],
): Value[] {
  const furthest = new Array<number>(order.length).fill(0);
  order.forEach((value, i) => {
    const node = producer.get(value);
    if (!node || sources.includes(value)) return;
    for (const input of readsOf(node)) {
      const from = indexOf.get(input);
      if (from !== undefined) furthest[from] = Math.max(furthest[from], i);
    }
  });
  let reach = Math.max(-1, ...sources.map((s) => indexOf.get(s) ?? -1));
  return order.filter((_, i) => {
    const isCut = reach <= i;
    reach = Math.max(reach, furthest[i]);
    return isCut;
  });
}

const products = new Set([
  "MatMul",
  "Gemm",
  "MatMulInteger",
  "QLinearMatMul",
  "Conv",
  "ConvInteger",
  "com.microsoft:MatMulNBits",
  "com.microsoft:MatMulBnb4",
  "Einsum",
]);

/** Whether a node multiplies matrices. */
export const isProduct = (node: Node): boolean => products.has(operatorOf(node));

/** The operands of a product that are activations, as they are before their quantisation. */
export const operandsOf = (node: Node): readonly Value[] =>
  node.opType === "QLinearMatMul" ? [node.inputs[0], node.inputs[3]] : node.inputs.slice(0, 2);
