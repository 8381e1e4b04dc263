import { intAttribute } from "../../onnx/attributes";
import type { Node, Value } from "../../onnx/model";
import type { Canonical } from "../canonicalise";
import { GraphError, label } from "../error";
import { type Flow, isProduct, operandsOf } from "./flow";
import { type Layout, layoutOf, type Role } from "./layout";

/** A value to read and how. */
export interface Tap {
  readonly value: Value;
  readonly layout: Layout;
}

/** One place where attention happens. */
export interface AttentionSite {
  readonly softmax: Node;
  /** The product of queries and keys, and the one of probabilities and values. */
  readonly scores: Node;
  readonly context: Node;
  /** As the values are weighted with: after masks, dropped columns and NaN guards. */
  readonly probs: Tap;
  readonly q: Tap;
  readonly k: Tap;
  readonly v: Tap;
  readonly heads: number;
  readonly kvHeads: number;
  /** Values read from the input of its layer on: it stands behind every cut before this index. */
  readonly index: number;
}

/** A softmax that is no attention, and why. */
export interface NearMiss {
  readonly node: Node;
  readonly reason: string;
}

const views = new Set("Identity Cast Reshape Transpose Unsqueeze Squeeze Flatten Expand Tile".split(" "));
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

/** Every softmax over keys between a product of two activations and a product with a third; and the ones that missed. */
export function sitesOf(
  canonical: Canonical,
  flow: Flow,
): { sites: readonly AttentionSite[]; misses: readonly NearMiss[] } {
  const sites: AttentionSite[] = [];
  const misses: NearMiss[] = [];
  for (const node of canonical.model.graph.nodes) {
    if (node.opType !== "Softmax" || !flow.has(node.inputs[0])) continue;
    const scores = productBefore(flow, node);
    if (typeof scores === "string") {
      misses.push({ node, reason: scores });
      continue;
    }
    const context = productAfter(flow, node);
    if (typeof context === "string") {
      misses.push({ node, reason: context });
      continue;
    }
    sites.push(siteOf(canonical, flow, node, scores, context));
  }
  return { sites, misses };
}

interface Path {
  readonly product: Node;
  /** From the softmax towards the product, each value between. */
  readonly values: readonly Value[];
}

const isActivationProduct = (flow: Flow, node: Node): boolean =>
  isProduct(node) && operandsOf(node).every((v) => flow.has(v));

function productBefore(flow: Flow, softmax: Node): Path | string {
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
  if (found.size === 0) return "its input is no product of two activations";
  if (found.size > 1) return `its input sums ${found.size} products of two activations`;
  const [[product, values]] = [...found];
  return { product, values };
}

function productAfter(flow: Flow, softmax: Node): Path | string {
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
  if (found.size === 0) return "nothing multiplies its result with an activation";
  if (found.size > 1) return `${found.size} products read its result`;
  const [[product, values]] = [...found];
  return { product, values };
}

function siteOf(canonical: Canonical, flow: Flow, softmax: Node, scores: Path, context: Path): AttentionSite {
  const { facts, point } = canonical;
  const dimsOf = (value: Value, node: Node): readonly number[] => {
    const dims = facts.dims(value);
    if (!dims) {
      const [lost] = facts.unruled;
      throw new GraphError(
        "no shape",
        lost ? `${value}; shapes are not followed through ${lost.opType}` : value,
        lost ?? node,
      );
    }
    return dims;
  };
  const opset = canonical.model.opsets.get("") ?? 1;
  const rank = dimsOf(softmax.outputs[0], softmax).length;
  const given = intAttribute(softmax, "axis", opset < 13 ? 1 : -1);
  const axis = given < 0 ? given + rank : given;
  if (opset < 13 && axis !== rank - 1)
    throw new GraphError("unclear layout", `Softmax over axes ${axis} to ${rank - 1} at once`, softmax);

  const chain = [...context.values];
  const value = probsAmong(flow, softmax, chain);
  const dims = dimsOf(value, softmax);
  const tokens = dims[axis];
  const probs: Tap = {
    value,
    layout: layoutOf(dims, { [axis]: "key", ...queryAxis(dims, axis, tokens) }, point, tokens, softmax),
  };

  // Where queries and heads share an axis, their order is that of the probabilities' own axes.
  const order = probs.layout.axes.flat().filter((r): r is Role => r === "token" || r === "head");
  const operand = (product: Node, index: number, tokenAxis: -1 | -2): Tap => {
    const source = operandsOf(product)[index];
    const shape = dimsOf(source, product);
    const at = shape.length + tokenAxis;
    const widthAt = shape.length + (tokenAxis === -1 ? -2 : -1);
    return {
      value: source,
      layout: layoutOf(shape, { [at]: "token", [widthAt]: "width" }, point, tokens, product, order.slice(-2)),
    };
  };
  const scoreRank = dimsOf(scores.values[scores.values.length - 1], scores.product).length;
  const moved = scores.values.some((v) => {
    const node = flow.producer.get(v);
    return node?.opType === "Transpose" && node !== scores.product && dimsOf(v, node).length === scoreRank;
  });
  if (moved) throw new GraphError("unclear layout", "scores are transposed before the softmax", softmax);
  const keysLast = axis === rank - 1;
  const probsFirst = operandsOf(context.product)[0] === chain[chain.length - 1];
  const k = operand(scores.product, keysLast ? 1 : 0, keysLast ? -1 : -2);
  return {
    softmax,
    scores: scores.product,
    context: context.product,
    probs,
    q: operand(scores.product, keysLast ? 0 : 1, keysLast ? -2 : -1),
    k,
    v: operand(context.product, probsFirst ? 1 : 0, probsFirst ? -2 : -1),
    heads: probs.layout.heads,
    kvHeads: kvHeadsOf(canonical, flow, k, probs.layout.heads),
    index: flow.indexOf.get(scores.product.outputs[0]) ?? 0,
  };
}

/**
 * The probabilities on the way to their product: after masks, guards and dropped columns, but before the axes move and
 * before an activation gates them, which makes something else of them.
 */
function probsAmong(flow: Flow, softmax: Node, chain: readonly Value[]): Value {
  const producerOf = (v: Value) => flow.producer.get(v) as Node;
  const isGated = (v: Value) => producerOf(v).inputs.filter((i) => flow.has(i)).length > 1;
  const isMoved = (v: Value) => views.has(producerOf(v).opType) && !/Identity|Cast/.test(producerOf(v).opType);
  const rest = chain.filter((v) => v !== softmax.outputs[0]);
  const end = rest.findIndex((v) => isGated(v) || isMoved(v));
  if (end < 0) return chain[chain.length - 1];
  const late = rest.slice(end).find((v) => !isGated(v) && !views.has(producerOf(v).opType));
  if (late !== undefined)
    throw new GraphError("unclear layout", "probabilities change after their axes moved", producerOf(late));
  return end === 0 ? softmax.outputs[0] : rest[end - 1];
}

/** The query axis of probabilities: beside the keys where that has their size, else the one that does. */
function queryAxis(dims: readonly number[], keys: number, tokens: number): Partial<Record<number, Role>> {
  const beside = keys === dims.length - 1 ? keys - 1 : keys + 1;
  const at = dims[beside] === tokens ? beside : dims.findIndex((d, i) => i !== keys && d === tokens);
  return at < 0 ? {} : { [at]: "token" };
}

/** The fewest heads that the keys had before they were repeated for their groups. */
function kvHeadsOf(canonical: Canonical, flow: Flow, k: Tap, heads: number): number {
  const { facts } = canonical;
  const count = (value: Value) => facts.dims(value)?.reduce((n, d) => n * d, 1) ?? Number.POSITIVE_INFINITY;
  const whole = count(k.value);
  let least = whole;
  let value = k.value;
  for (;;) {
    const node = flow.producer.get(value);
    if (
      !node ||
      !["Transpose", "Reshape", "Expand", "Tile", "Unsqueeze", "Squeeze", "Cast", "Identity", "Mul", "Div"].includes(
        node.opType,
      )
    )
      break;
    const next = node.inputs.find((v) => flow.has(v));
    if (next === undefined) break;
    value = next;
    least = Math.min(least, count(value));
  }
  const mine = k.layout.heads;
  return Math.max(1, Math.min(heads, Math.round((mine * least) / whole)));
}

export const describeMiss = ({ node, reason }: NearMiss): string => `${label(node)}: ${reason}`;
