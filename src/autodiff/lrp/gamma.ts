import { GraphError } from "../../graph/error";
import { operatorOf } from "../../graph/rewrites";
import { floatAttribute, intAttribute } from "../../onnx/attributes";
import type { Node, Value } from "../../onnx/model";
import { type Gradient, type GradientContext, isStraight } from "../gradient";
import { weightFirst } from "../gradients/MatMul";
import { dequantised, unpackedBlocks, unpackedBnb4 } from "../quantised";
import type { Linear, LinearRule } from "./linear";

/**
 * The generalised γ rule (Andéol et al. 2021): contributions c_ij = x_i w_ij of the sign of z_j count 1 + γ times,
 *
 *     R_i = Σ_j (c_ij + γ c_ij^±) / (z_j + γ (Σ_i c_ij^± + b_j^±)) R_j,
 *
 * with ± the sign of z_j; for positive inputs and outputs that is weights W + γW⁺ (Montavon et al. 2019). As c^± is
 * (c ± |c|)/2, one more product with |W| goes forward and one back: three products where the gradient has one, and |W|
 * stands in memory while its layer is passed. W is never transposed and no second set of weights is kept. Convolutions
 * keep the basic rule.
 */
export const gammaRule =
  (gamma: number): LinearRule =>
  (linear, entry) => {
    if (/^Conv/.test(linear.node.opType)) return entry;
    const rule: Gradient = (c, node, [g]) => [() => passed(c, node, g, linear, gamma), null, () => g, null, null, null];
    return isStraight(entry) ? { ...entry, straightThrough: rule } : rule;
  };

function passed(c: GradientContext, node: Node, g: Value, { z, bias, scales }: Linear, gamma: number): Value {
  const { b } = c;
  const { x, weight, turned, alpha } = operands(c, node);
  const [rows, columns] = [turned ? 1 : 0, turned ? 0 : 1].map((axis) => c.dims(weight)[axis]);
  const number = (value: number) => b.scalar(value, x);
  const size = (v: Value) => b.op("Abs", [v]);
  const sign = (v: Value) => b.op("Sign", [v]);
  const times = (left: Value, width: number, w: Value, transB: 0 | 1, like: Value) => {
    const product = weightFirst(c, b.reshape(left, [-1, width]), w, transB);
    const scaled = alpha === 1 ? product : b.mul(product, number(alpha));
    return b.op("Reshape", [scaled, c.shape(like)]);
  };
  const sizes = size(b.mul(weight, runTimeOne(c, node.inputs[0], weight)));
  const contributions = scales.reduce(b.mul, times(size(x), rows, sizes, turned ? 1 : 0, node.outputs[0]));
  const total = bias ? b.add(contributions, size(bias)) : contributions; // Σ_i |c_ij| + |b_j|
  // R_j over the denominator is g_j |z_j| / ((1 + γ/2) |z_j| + γ/2 Σ|c_ij|)
  const scale = b.add(b.mul(size(z), number(1 + gamma / 2)), b.mul(total, number(gamma / 2)));
  const share = b.mul(g, b.div(size(z), b.add(scale, number(1e-30))));
  const back = (s: Value, w: Value) => times(s, columns, w, turned ? 0 : 1, x);
  const straight = back(b.mul(share, number(1 + gamma / 2)), weight);
  const bent = back(b.mul(b.mul(share, number(gamma / 2)), sign(z)), sizes);
  return b.add(straight, b.mul(sign(x), bent));
}

interface Operands {
  readonly x: Value;
  /** float32 [K, N], or [N, K] where it is turned. */
  readonly weight: Value;
  readonly turned: boolean;
  readonly alpha: number;
}

function operands(c: GradientContext, node: Node): Operands {
  const refuse = (): never => {
    throw new GraphError("no gradient", `relevance through ${operatorOf(node)} by the γ rule`, node);
  };
  const [x, y, zeroX, zeroY] = node.inputs;
  const plain = { x, turned: false, alpha: 1 };
  switch (operatorOf(node)) {
    case "MatMul":
      return c.dims(y).length === 2 && c.dims(x).length > 1 ? { ...plain, weight: y } : refuse();
    case "Gemm": {
      const [alpha, beta] = [floatAttribute(node, "alpha", 1), floatAttribute(node, "beta", 1)];
      if (intAttribute(node, "transA", 0) || alpha <= 0 || beta !== 1) return refuse();
      return { x, weight: y, turned: intAttribute(node, "transB", 0) === 1, alpha };
    }
    case "MatMulInteger":
      if (c.dims(y).length !== 2) return refuse();
      return { ...plain, x: dequantised(c, x, zeroX, c.dims(x).length - 2), weight: dequantised(c, y, zeroY, 1) };
    case "com.microsoft:MatMulNBits":
      return node.inputs[4] ? refuse() : { ...plain, weight: unpackedBlocks(c, node), turned: true };
    case "com.microsoft:MatMulBnb4":
      return { ...plain, weight: unpackedBnb4(c, node), turned: true };
    default:
      return refuse();
  }
}

/** A one that no runtime knows before it runs: it would compute |W| in advance and keep it beside W. */
function runTimeOne({ b, shape }: GradientContext, x: Value, like: Value): Value {
  const first = b.cast(b.slice(shape(x), 0, 0, 1), b.dtypeOf(like) ?? "float32");
  return b.op("Min", [first, b.scalar(1, like)]);
}
