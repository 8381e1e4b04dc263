import { floatAttribute, intAttribute } from "../../onnx/attributes";
import type { Node, Value } from "../../onnx/model";
import type { Gradient, GradientContext } from "../gradient";

/** The axes of a normalisation, its centred input over its standard deviation, and one over that. */
export function normalised(c: GradientContext, node: Node, centre: boolean) {
  const { b } = c;
  const [x] = node.inputs;
  const rank = c.dims(x).length;
  const given = intAttribute(node, "axis", -1);
  const axes = Array.from({ length: rank }, (_, i) => i).slice(given);
  const mean = (v: Value) => b.reduce("ReduceMean", v, axes);
  const centred = centre ? b.sub(x, mean(x)) : x;
  const variance = mean(b.mul(centred, centred));
  const epsilon = b.scalar(floatAttribute(node, "epsilon", 1e-5), x);
  const inverse = b.op("Reciprocal", [b.op("Sqrt", [b.add(variance, epsilon)])]);
  return { mean, centred, inverse };
}

/** (g' − mean g' − x̂ · mean(g'⊙x̂)) / σ with g' = g ⊙ scale; the statistics are computed again. */
export const layerNormalization: Gradient = (c, node, [g]) => {
  const { b } = c;
  return [
    () => {
      const { mean, centred, inverse } = normalised(c, node, true);
      const scaled = b.mul(g, node.inputs[1]);
      const unit = b.mul(centred, inverse);
      const along = b.mul(unit, mean(b.mul(scaled, unit)));
      return b.mul(b.sub(b.sub(scaled, mean(scaled)), along), inverse);
    },
    null,
    null,
  ];
};
