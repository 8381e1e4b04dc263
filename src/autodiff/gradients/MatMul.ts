import { float } from "../../onnx/attributes";
import type { Node, Value } from "../../onnx/model";
import type { Cotangent, Gradient, GradientContext } from "../gradient";

/**
 * g·Bᵀ and Aᵀ·g. A product with a weight [K, N] is passed back by one `Gemm` that reads the weight as it lies, so that
 * no transposed copy of it is ever made.
 */
export const matMul: Gradient = (c, node, [g]) => productBack(c, node, g, [() => node.inputs[0], () => node.inputs[1]]);

/** As of a product of `operands`, which stand for the node's first two inputs. */
export function productBack(
  c: GradientContext,
  { inputs: [x, y] }: Pick<Node, "inputs">,
  g: Value,
  operands: readonly [Cotangent, Cotangent],
): readonly [Cotangent, Cotangent] {
  const { b } = c;
  const [first, second] = [c.dims(x), c.dims(y)];
  const columns = first.length === 1; // a vector of rows
  const rows = second.length === 1; // a vector of columns
  const whole = () => {
    const there = rows ? b.unsqueeze(g, [c.dims(g).length]) : g;
    return columns ? b.unsqueeze(there, [c.dims(there).length - 1]) : there;
  };
  return [
    () => {
      const other = operands[1]();
      if (second.length === 2 && !columns) return byWeight(c, g, other, x);
      const matrix = rows ? b.unsqueeze(other, [1]) : other;
      const product = b.matmul(whole(), turned(c, matrix));
      return columns ? b.squeeze(product, [c.dims(product).length - 2]) : product;
    },
    () => {
      const other = operands[0]();
      const matrix = columns ? b.unsqueeze(other, [0]) : other;
      const product = b.matmul(turned(c, matrix), whole());
      return rows ? b.squeeze(product, [c.dims(product).length - 1]) : product;
    },
  ];
}

/** A matrix with its last two axes swapped. */
export function turned({ b, dims }: Pick<GradientContext, "b" | "dims">, matrix: Value): Value {
  const rank = dims(matrix).length;
  return b.transpose(matrix, [...Array(rank - 2).keys(), rank - 1, rank - 2]);
}

/** g [.., N] times the transpose of a weight [K, N], in the shape of `like` [.., K]. */
export function byWeight(c: GradientContext, g: Value, weight: Value, like: Value): Value {
  const flat = c.dims(g).length === 2 ? g : c.b.reshape(g, [-1, c.dims(weight)[1]]);
  return c.b.op("Reshape", [weightFirst(c, flat, weight, 1), c.shape(like)]);
}

/**
 * Rows [M, n] times a weight [n, K], or [K, n] where it is turned, as [M, K, 1]. The weight is the first factor and the result
 * is turned instead: of a constant second factor runtimes keep a copy in a layout of their own, and the weights would be in
 * memory once more.
 */
export function weightFirst(
  { b, dims, constant }: GradientContext,
  rows: Value,
  weight: Value,
  turned: 0 | 1,
  alpha = float(1),
): Value {
  const product = b.op("Gemm", [weight, rows], { transA: 1 - turned, transB: 1, alpha }); // [K, M]
  // With one more axis between, runtimes don't turn the factors round again.
  const columns = constant(weight) ? b.integers([dims(weight)[turned ? 0 : 1]]) : b.dim(product, 0);
  return b.transpose(b.reshapeTo(product, [columns, -1, 1]), [1, 0, 2]);
}
