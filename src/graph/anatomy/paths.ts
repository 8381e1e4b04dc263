import type { Node, Value } from "../../onnx/model";
import type { Canonical } from "../canonicalise";
import { GraphError } from "../error";
import { readsOf } from "../topology";
import { type Flow, isProduct, operandsOf } from "./flow";

export const views = new Set("Identity Cast Reshape Transpose Unsqueeze Squeeze Flatten Expand Tile".split(" "));
const before = new Set([
  ...views,
  ..."Add Sub Mul Div Where Tanh Clip Max Min Neg Slice Concat Pad Sum DequantizeLinear QuantizeLinear GatherElements".split(
    " ",
  ),
]);
const after = new Set([
  ...views,
  ..."Where Mul Div Slice Dropout QuantizeLinear DequantizeLinear DynamicQuantizeLinear Pad".split(" "),
]);

/** The way between a softmax and a product. */
export interface Path {
  readonly product: Node;
  /** From the softmax towards the product, each value between. */
  readonly values: readonly Value[];
}

const isActivationProduct = (flow: Flow, node: Node): boolean =>
  isProduct(node) && operandsOf(node).every((v) => flow.has(v));

/**
 * The product that a softmax reads; null where it reads none of two activations. Throws where it reads several: which of
 * them tells queries from keys is unclear.
 */
export function productBefore(flow: Flow, softmax: Node): Path | null {
  const found = new Map<Node, Value[]>();
  const seen = new Set<Value>();
  const visit = (value: Value, path: Value[]) => {
    if (seen.has(value)) return;
    seen.add(value);
    const node = flow.producer.get(value);
    if (!node) return;
    if (isProduct(node)) {
      if (isActivationProduct(flow, node)) found.set(node, [...path, value]);
    } else if (before.has(node.opType))
      for (const input of node.inputs) if (flow.has(input)) visit(input, [...path, value]);
  };
  visit(softmax.inputs[0], []);
  if (found.size > 1)
    throw new GraphError("unclear layout", `the softmax reads ${found.size} products of two activations`, softmax);
  return pathOf(found);
}

/** The product that multiplies a softmax's result with an activation; null where none does, and throws where several do. */
export function productAfter(flow: Flow, softmax: Node): Path | null {
  const found = new Map<Node, Value[]>();
  const seen = new Set<Value>();
  const visit = (value: Value, path: Value[]) => {
    if (seen.has(value)) return;
    seen.add(value);
    for (const node of flow.consumers.get(value) ?? []) {
      if (isProduct(node)) {
        if (isActivationProduct(flow, node)) found.set(node, [...path, value]);
      } else if (after.has(node.opType))
        for (const output of node.outputs) if (flow.has(output)) visit(output, [...path, value]);
    }
  };
  visit(softmax.outputs[0], []);
  if (found.size > 1)
    throw new GraphError("unclear layout", `${found.size} products read the softmax's result`, softmax);
  return pathOf(found);
}

function pathOf(found: ReadonlyMap<Node, readonly Value[]>): Path | null {
  const [first] = found;
  return first ? { product: first[0], values: first[1] } : null;
}

/**
 * The probabilities on the way to their product: after masks, guards and dropped columns and after their sum was brought
 * back to one, but before their axes move and before something gates them, which makes something else of them.
 */
export function probsAmong(canonical: Canonical, flow: Flow, softmax: Node, chain: readonly Value[]): Value {
  const producerOf = (v: Value) => flow.producer.get(v) as Node;
  const isMoved = (v: Value) => views.has(producerOf(v).opType) && !/Identity|Cast/.test(producerOf(v).opType);
  const rest = chain.filter((v) => v !== softmax.outputs[0]);
  const known = new Set(chain);
  const isGated = (v: Value) =>
    /^(Mul|Div)$/.test(producerOf(v).opType) &&
    producerOf(v).inputs.some(
      (i) => !known.has(i) && (flow.has(i) ? !isOf(flow, i, known) : isGate(canonical, flow, i)),
    );
  const end = rest.findIndex((v) => isGated(v) || isMoved(v));
  if (end < 0) return chain[chain.length - 1];
  const late = rest.slice(end).find((v) => !isGated(v) && !views.has(producerOf(v).opType));
  if (late !== undefined)
    throw new GraphError("unclear layout", "probabilities change after their axes moved", producerOf(late));
  return end === 0 ? softmax.outputs[0] : rest[end - 1];
}

const sums = new Set("ReduceSum Add Max Clip Where Expand Unsqueeze Squeeze Identity Cast".split(" "));

/** Whether an activation is the sum of some of the given ones, guarded or not. */
function isOf(flow: Flow, value: Value, known: ReadonlySet<Value>): boolean {
  if (known.has(value)) return true;
  const node = flow.producer.get(value);
  return (
    node !== undefined &&
    sums.has(node.opType) &&
    readsOf(node).every((v) => !flow.has(v) || isOf(flow, v, known)) &&
    readsOf(node).some((v) => flow.has(v))
  );
}

/** Whether a factor is of the weights alone and not the same for all: a gate a head, where masks come with the input. */
function isGate({ facts, inputs }: Canonical, flow: Flow, value: Value): boolean {
  const fed = new Set(inputs.map((i) => i.name));
  const pending = [value];
  const seen = new Set<Value>();
  while (pending.length > 0) {
    const v = pending.pop() as Value;
    if (fed.has(v)) return false;
    if (seen.has(v)) continue;
    seen.add(v);
    const node = flow.producer.get(v);
    if (node) pending.push(...readsOf(node));
  }
  return facts.dims(value)?.some((d) => d > 1) ?? true;
}
