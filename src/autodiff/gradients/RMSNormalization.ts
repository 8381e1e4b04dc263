import type { Gradient } from "../gradient";
import { normalised } from "./LayerNormalization";

/** (g' − x̂ · mean(g'⊙x̂)) / rms with g' = g ⊙ scale. */
export const rmsNormalization: Gradient = (c, node, [g]) => {
  const { b } = c;
  return [
    () => {
      const { mean, centred, inverse } = normalised(c, node, false);
      const scaled = b.mul(g, node.inputs[1]);
      const unit = b.mul(centred, inverse);
      return b.mul(b.sub(scaled, b.mul(unit, mean(b.mul(scaled, unit)))), inverse);
    },
    null,
  ];
};
