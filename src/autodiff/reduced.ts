import { GraphError } from "../graph/error";
import { intAttribute, intsAttribute } from "../onnx/attributes";
import type { Node, Value } from "../onnx/model";
import type { GradientContext } from "./gradient";

/** The axes that a node reduces, non-negative. */
export function axesOf(c: GradientContext, node: Node): readonly number[] {
  const rank = c.dims(node.inputs[0]).length;
  const given = node.inputs[1] ? c.numbers(node.inputs[1]) : intsAttribute(node, "axes", []);
  if (!given) throw new GraphError("no gradient", `${node.opType} over computed axes`, node);
  const all = intAttribute(node, "noop_with_empty_axes", 0) ? [] : [...Array(rank).keys()];
  return given.length === 0 ? all : given.map((a) => (a < 0 ? a + rank : a)).sort((x, y) => x - y);
}

/** The cotangent of a reduced value with the reduced axes there again, of size 1. */
export function keptShape(c: GradientContext, node: Node, g: Value): Value {
  const axes = axesOf(c, node);
  return intAttribute(node, "keepdims", 1) || axes.length === 0 ? g : c.b.unsqueeze(g, axes);
}

/** How many elements went into each of the reduced value's, as a scalar of the cotangent's type. */
export function countOf(c: GradientContext, node: Node, g: Value): Value {
  const { b } = c;
  const counts = axesOf(c, node).map((axis) => b.dim(node.inputs[0], axis));
  const product = counts.length === 0 ? b.integers([1]) : counts.reduce(b.mul);
  return b.cast(product, b.dtypeOf(g) ?? "float32");
}
