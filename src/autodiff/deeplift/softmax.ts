import type { Builder } from "../../graph/builder";
import { intAttribute } from "../../onnx/attributes";
import type { Node, Value } from "../../onnx/model";
import type { Gradient, GradientContext } from "../gradient";
import { axesOf, keptShape } from "../reduced";
import type { Pairs } from "./pairs";
import { secantOfExp } from "./rescale";

/** What softmax and its kin are made of, over some axes of x. */
interface Parts {
  /** x less the logarithm of the sum of exponentials. */
  readonly log: Value;
  /** The multipliers of that logarithm, by each element: w with Σ w Δx = ΔL. */
  readonly weights: Value;
}

type Context = Pick<GradientContext, "b" | "dims">;

/**
 * softmax(x) = exp(x - L) with L = log Σ exp x, each part by its own rule: the sum is linear, exp and log are rescaled. Both
 * rows of a pair are shifted by the larger of their largest elements, which changes neither, and L is taken at each one's
 * own, so that nothing overflows and no sum vanishes.
 */
export function partsOf(context: Context, pairs: Pairs, x: Value, axes: readonly number[]): Parts {
  const c = context as GradientContext;
  const { b } = c;
  const least = b.scalar(-1e30, x); // rows that are masked altogether
  const own = b.op("Max", [b.reduce("ReduceMax", x, axes), least]);
  const shift = b.op("Max", [own, pairs.other(c, own)]);
  const moved = b.sub(x, shift);
  const sum = b.reduce("ReduceSum", b.op("Exp", [b.sub(x, own)]), axes);
  const total = b.add(b.op("Log", [sum]), b.sub(own, shift)); // L of what was moved
  const each = secantOfExp(c, pairs, moved, b.op("Exp", [moved]));
  const all = secantOfExp(c, pairs, total, b.op("Exp", [total]));
  return { log: b.sub(moved, total), weights: b.div(each, b.op("Max", [all, b.scalar(1e-30, x)])) };
}

function axesOfSoftmax(c: GradientContext, node: Node): readonly number[] {
  const rank = c.dims(node.outputs[0]).length;
  const given = intAttribute(node, "axis", c.b.opset < 13 ? 1 : -1);
  const from = given < 0 ? given + rank : given;
  // Before opset 13 it ran over all axes from the given one on.
  return c.b.opset < 13 ? Array.from({ length: rank - from }, (_, i) => from + i) : [from];
}

const less = (b: Builder, m: Value, weights: Value, axes: readonly number[]): Value =>
  b.sub(m, b.mul(weights, b.reduce("ReduceSum", m, axes)));

export const softmax =
  (pairs: Pairs): Gradient =>
  (c, node, [g]) => [
    () => {
      const axes = axesOfSoftmax(c, node);
      const { log, weights } = partsOf(c, pairs, node.inputs[0], axes);
      return less(c.b, c.b.mul(g, secantOfExp(c, pairs, log, node.outputs[0])), weights, axes);
    },
  ];

export const logSoftmax =
  (pairs: Pairs): Gradient =>
  (c, node, [g]) => [
    () => {
      const axes = axesOfSoftmax(c, node);
      return less(c.b, g, partsOf(c, pairs, node.inputs[0], axes).weights, axes);
    },
  ];

export const logSumExp =
  (pairs: Pairs): Gradient =>
  (c, node, [g]) => [
    () => c.b.mul(keptShape(c, node, g), partsOf(c, pairs, node.inputs[0], axesOf(c, node)).weights),
    null,
  ];
