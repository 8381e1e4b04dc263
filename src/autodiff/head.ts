import type { Builder } from "../graph/builder";
import type { Point } from "../graph/inputs";
import { operatorOf } from "../graph/rewrites";
import type { Facts } from "../graph/shapes";
import { topologyOf } from "../graph/topology";
import type { Graph, Node, Value } from "../onnx/model";

/** What makes logits [B, T, V] of x [B, T, d], each position for itself. */
export interface Head {
  readonly x: Value;
  /** From the product with the unembedding to the logits. */
  readonly nodes: readonly Node[];
}

const products = new Set(["MatMul", "MatMulInteger", "com.microsoft:MatMulNBits", "com.microsoft:MatMulBnb4"]);
const elementwise = new Set("Identity Cast Add Sub Mul Div Neg Tanh Sigmoid Clip Min Max".split(" "));

/** The way from the unembedding to the logits; null where it isn't one product and what follows element by element. */
export function headOf(graph: Pick<Graph, "nodes">, facts: Facts, logits: Value, point: Point): Head | null {
  const { producer } = topologyOf(graph);
  /** Whether a value is of one size for every row and position. */
  const shared = (v: Value) => {
    const dims = facts.dims(v);
    return v === "" || (dims !== null && !dims.includes(point.batch) && !dims.includes(point.length));
  };
  const nodes: Node[] = [];
  let value = logits;
  for (;;) {
    const node = producer.get(value);
    if (!node || facts.dims(value)?.length !== 3) return null;
    nodes.unshift(node);
    const carrying = node.inputs.filter((v) => !shared(v));
    if (carrying.length !== 1) return null;
    value = carrying[0];
    if (products.has(operatorOf(node)))
      return value === node.inputs[0] && facts.dims(value)?.length === 3 ? { x: value, nodes } : null;
    if (!elementwise.has(operatorOf(node))) return null;
  }
}

/** The head over one position of each row, x [B, 1, d]: emits its nodes again and gives the logits [B, 1, V]. */
export function headAt(b: Builder, { x, nodes }: Head, row: Value): { logits: Value; nodes: readonly Node[] } {
  const first = b.nodes.length;
  const renamed = new Map([[x, row]]);
  let logits = row;
  for (const node of nodes) {
    const inputs = node.inputs.map((v) => renamed.get(v) ?? v);
    [logits] = b.ops(node.opType, inputs, Object.fromEntries(node.attributes), 1, node.domain);
    renamed.set(node.outputs[0], logits);
  }
  return { logits, nodes: b.nodes.slice(first) };
}

/** The factors on a product's way to the logits, where it meets no more than constants and single factors; else null. */
export function factorsOf(
  { nodes }: Head,
  facts: Facts,
): readonly { readonly op: "Mul" | "Div"; readonly by: Value }[] | null {
  const [product, ...rest] = nodes;
  if (product.opType !== "MatMul" || facts.dims(product.inputs[1])?.length !== 2) return null;
  const factors: { op: "Mul" | "Div"; by: Value }[] = [];
  let value = product.outputs[0];
  for (const node of rest) {
    const [first, second] = node.inputs;
    const other = first === value ? second : first;
    const single = other !== undefined && (facts.dims(other) ?? [0]).every((d) => d === 1);
    if (node.opType === "Mul" && single) factors.push({ op: "Mul", by: other });
    else if (node.opType === "Div" && single && first === value) factors.push({ op: "Div", by: other });
    else if (node.opType !== "Add" && node.opType !== "Identity" && node.opType !== "Cast") return null;
    value = node.outputs[0];
  }
  return factors;
}
