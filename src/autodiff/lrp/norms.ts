import type { Gradient } from "../gradient";
import { normalised } from "../gradients/LayerNormalization";

/** (g' − mean g') / σ with g' = g ⊙ scale: the deviation counts as a constant, the mean doesn't. The bias takes its share. */
export const layerNorm: Gradient = (c, node, [g]) => {
  const { b } = c;
  return [
    () => {
      const { mean, inverse } = normalised(c, node, true);
      const scaled = b.mul(g, node.inputs[1]);
      return b.mul(b.sub(scaled, mean(scaled)), inverse);
    },
    null,
    () => g,
  ];
};

/** g ⊙ scale / rms: the root mean square counts as a constant. */
export const rmsNorm: Gradient = (c, node, [g]) => {
  const { b } = c;
  return [() => b.mul(b.mul(g, node.inputs[1]), normalised(c, node, false).inverse), null];
};

/** Norms that are one operator. */
export const norms: Readonly<Record<string, Gradient>> = {
  LayerNormalization: layerNorm,
  RMSNormalization: rmsNorm,
  SimplifiedLayerNormalization: rmsNorm,
};
