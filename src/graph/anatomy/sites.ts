import { intAttribute } from "../../onnx/attributes";
import type { Graph, Node, Value } from "../../onnx/model";
import type { Canonical } from "../canonicalise";
import { GraphError, label } from "../error";
import { readsOf, subgraphsOf } from "../topology";
import { axisAlong } from "./axes";
import { type Flow, operandsOf } from "./flow";
import { headOf, kvHeadsOf } from "./heads";
import { type Known, type Layout, layoutOf, type Role } from "./layout";
import { moduleOf, numbersOf } from "./outputs";
import { type Path, probsAmong, productAfter, productBefore } from "./paths";

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
  /** What becomes of the product: each value from its output to the softmax's input. */
  readonly between: readonly Value[];
  /** As the values are weighted with: after masks, dropped columns and guards, before gates. */
  readonly probs: Tap;
  readonly q: Tap;
  readonly k: Tap;
  readonly v: Tap;
  /** Each head's weighted sum of values, before the heads become one; null where it stands in integers alone. */
  readonly mixed: Tap | null;
  /** What the module adds to the residual stream: after output projection, bias, norm and factor. Null where it isn't found. */
  readonly module: Tap | null;
  readonly heads: number;
  readonly kvHeads: number;
  /** For each head, the one that it uses of the heads that keys and values are read with. */
  readonly kHead: readonly number[];
  readonly vHead: readonly number[];
  /** Values read from the input of its layer on: it stands behind every cut before this index. */
  readonly index: number;
  /** Why `mixed` or `module` wasn't found. */
  readonly unfound: readonly NearMiss[];
}

/** Something that isn't what it could be, such as a softmax that is no attention, and why. */
export interface NearMiss {
  readonly node: Node;
  readonly reason: string;
}

/** Every softmax over keys between a product of two activations and a product with a third; and the ones that missed. */
export function sitesOf(
  canonical: Canonical,
  flow: Flow,
): { sites: readonly AttentionSite[]; misses: readonly NearMiss[] } {
  const sites: AttentionSite[] = [];
  const misses: NearMiss[] = [];
  for (const node of canonical.model.graph.nodes) {
    if (node.outputs.some((v) => flow.has(v)) && subgraphsOf(node).some(hasSoftmax))
      throw new GraphError("unsupported form", `${node.opType} with a softmax inside`, node);
    if (node.opType !== "Softmax" || !flow.has(node.inputs[0])) continue;
    const scores = productBefore(flow, node);
    const context = scores && productAfter(flow, node);
    if (context) sites.push(siteOf(canonical, flow, node, scores, context));
    else
      misses.push({
        node,
        reason: scores
          ? "nothing multiplies its result with an activation"
          : "its input is no product of two activations",
      });
  }
  refuseParallel(canonical, flow, sites);
  return { sites, misses };
}

const hasSoftmax = (graph: Graph): boolean =>
  graph.nodes.some((n) => n.opType === "Softmax" || subgraphsOf(n).some(hasSoftmax));

/** Sites must follow on one another: several side by side are heads of one layer, or layers of several models. */
function refuseParallel({ model }: Canonical, flow: Flow, sites: readonly AttentionSite[]): void {
  const place = new Map(model.graph.nodes.map((n, i) => [n, i]));
  sites.slice(1).forEach((site, i) => {
    const before = sites[i];
    const reached = new Set(before.context.outputs);
    for (const node of model.graph.nodes.slice(place.get(before.context), (place.get(site.scores) as number) + 1)) {
      if (readsOf(node).some((v) => reached.has(v))) for (const output of node.outputs) reached.add(output);
    }
    if (site.scores.outputs.some((v) => flow.has(v) && !reached.has(v)))
      throw new GraphError(
        "unclear layout",
        `${label(before.softmax)} and ${label(site.softmax)} attend side by side`,
        site.softmax,
      );
  });
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
  const rank = dimsOf(softmax.outputs[0], softmax).length;
  const axis = axisOf(softmax, rank, canonical.model.opsets.get("") ?? 1);
  for (const { opType, ...node } of [scores.product, context.product]) {
    if (opType === "Einsum" || opType === "Gemm")
      throw new GraphError("unclear layout", `a product by ${opType}`, { opType, ...node });
  }

  // Which of the product's last two axes are the keys, and where the other one is among the probabilities.
  const forth = [...scores.values].reverse();
  for (const value of forth) dimsOf(value, scores.product);
  const follow = (at: number) => axisAlong(facts, flow, forth, at);
  const keysLast = follow(-1) === axis;
  if (!keysLast && follow(-2) !== axis)
    throw new GraphError(
      "unclear layout",
      "the softmax is over neither the rows nor the columns of its product",
      softmax,
    );
  const queries = follow(keysLast ? -2 : -1);
  const chain = [...context.values];
  const weighting = chain[chain.length - 1];
  const probsFirst = operandsOf(context.product)[0] === weighting;
  if (axisAlong(facts, flow, chain, axis) !== (probsFirst ? -1 : -2))
    throw new GraphError("unclear layout", "the product does not sum over the softmax's axis", context.product);

  const value = probsAmong(canonical, flow, softmax, chain);
  const dims = dimsOf(value, softmax);
  const keys = rank + axis;
  const tokens = dims[keys];
  if (canonical.inputs.some((i) => i.role === "ids") && tokens !== point.length)
    throw new GraphError(
      "unclear layout",
      `[${dims}]: ${tokens} keys where the text has ${point.length} tokens`,
      softmax,
    );
  const known = {
    [keys]: "key",
    ...(queries === null ? queryAxis(dims, keys, tokens) : { [rank + queries]: "token" }),
  };
  const probs: Tap = { value, layout: layoutOf(dims, known as Known, point, tokens, softmax) };

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
  const q = operand(scores.product, keysLast ? 0 : 1, keysLast ? -2 : -1);
  const k = operand(scores.product, keysLast ? 1 : 0, keysLast ? -1 : -2);
  const v = operand(context.product, probsFirst ? 1 : 0, probsFirst ? -2 : -1);
  const weights = operand(context.product, probsFirst ? 0 : 1, probsFirst ? -2 : -1);
  const { heads } = probs.layout;
  const unfound: NearMiss[] = [];
  const orMiss = <T>(found: T | { readonly reason: string }): T | null => {
    if (typeof found !== "object" || found === null || !("reason" in found)) return found as T;
    unfound.push({ node: context.product, reason: found.reason });
    return null;
  };
  const numbers = orMiss(numbersOf(canonical, flow, context.product));
  const mixedLayout = (shape: readonly number[]): Layout => {
    const [token, width] = probsFirst ? [-2, -1] : [-1, -2];
    const roles = { [shape.length + token]: "token", [shape.length + width]: "width" } as Known;
    return layoutOf(shape, roles, point, tokens, context.product, order.slice(-2));
  };
  return {
    softmax,
    scores: scores.product,
    context: context.product,
    between: forth,
    probs,
    q,
    k,
    v,
    mixed: numbers === null ? null : { value: numbers, layout: mixedLayout(dimsOf(numbers, context.product)) },
    module: orMiss(moduleOf(canonical, flow, context.product, tokens)),
    unfound,
    heads,
    kvHeads: kvHeadsOf(canonical, flow, k, heads),
    kHead: headOf(canonical, [q, k], { heads, tokens }, scores.product),
    vHead: headOf(canonical, [weights, v], { heads, tokens }, context.product),
    index: flow.indexOf.get(scores.product.outputs[0]) ?? 0,
  };
}

/** A softmax's axis, counted from the end. */
function axisOf(softmax: Node, rank: number, opset: number): number {
  const given = intAttribute(softmax, "axis", opset < 13 ? 1 : -1);
  const axis = given < 0 ? given : given - rank;
  if (opset < 13 && axis !== -1)
    throw new GraphError("unclear layout", `Softmax over axes ${axis + rank} to ${rank - 1} at once`, softmax);
  return axis;
}

/** The query axis of probabilities whose queries share an axis with heads before: beside the keys, else the one of their size. */
function queryAxis(dims: readonly number[], keys: number, tokens: number): Known {
  const beside = keys === dims.length - 1 ? keys - 1 : keys + 1;
  const at = dims[beside] === tokens ? beside : dims.findIndex((d, i) => i !== keys && d === tokens);
  return at < 0 ? {} : { [at]: "token" };
}

export const describeMiss = ({ node, reason }: NearMiss): string => `${label(node)}: ${reason}`;
