import { floatAttribute, intAttribute } from "../../onnx/attributes";
import type { Node, Value } from "../../onnx/model";
import type { Gradient, GradientContext } from "../gradient";

/** A value's mean over some axes, the value less it (or itself), and one over its deviation. */
export function statistics({ b }: GradientContext, node: Node, x: Value, axes: readonly number[], centre: boolean) {
  const mean = (v: Value) => b.reduce("ReduceMean", v, axes);
  const centred = centre ? b.sub(x, mean(x)) : x;
  const variance = mean(b.mul(centred, centred));
  const epsilon = b.scalar(floatAttribute(node, "epsilon", 1e-5), x);
  const inverse = b.op("Reciprocal", [b.op("Sqrt", [b.add(variance, epsilon)])]);
  return { mean, centred, inverse };
}

/** The axes that a layer's normalisation is over: from its own on. */
export const axesOf = (c: GradientContext, node: Node): readonly number[] =>
  Array.from({ length: c.dims(node.inputs[0]).length }, (_, i) => i).slice(intAttribute(node, "axis", -1));

/** The mean over the axes of a layer's normalisation, its centred input, and one over its deviation. */
export const normalised = (c: GradientContext, node: Node, centre: boolean) =>
  statistics(c, node, node.inputs[0], axesOf(c, node), centre);

/** (g - mean g - x̂ · mean(g⊙x̂)) / σ for the cotangent g of x̂ = (x - mean x) / σ; the statistics are computed again. */
export function centredBack(c: GradientContext, node: Node, x: Value, g: Value, axes: readonly number[]): Value {
  const { b } = c;
  const { mean, centred, inverse } = statistics(c, node, x, axes, true);
  const unit = b.mul(centred, inverse);
  const along = b.mul(unit, mean(b.mul(g, unit)));
  return b.mul(b.sub(b.sub(g, mean(g)), along), inverse);
}

export const layerNormalization: Gradient = (c, node, [g]) => [
  () => centredBack(c, node, node.inputs[0], c.b.mul(g, node.inputs[1]), axesOf(c, node)),
  null,
  null,
];
