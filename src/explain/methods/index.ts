import type { Method } from "../attribution";
import { attentionFlow } from "./attention-flow";
import { attnLrp } from "./attn-lrp";
import { chefer } from "./chefer";
import { cpLrp } from "./cp-lrp";
import { deeplift } from "./deeplift";
import { epsilonLrp } from "./epsilon-lrp";
import { exactShapley } from "./exact-shapley";
import { featureAblation } from "./feature-ablation";
import { gammaLrp } from "./gamma-lrp";
import { gradientShap } from "./gradient-shap";
import { gradientXAttention } from "./gradient-x-attention";
import { gradientXInput } from "./gradient-x-input";
import { integratedGradients } from "./integrated-gradients";
import { kernelShap } from "./kernel-shap";
import { layerConductance } from "./layer-conductance";
import { layerGradientXActivation } from "./layer-gradient-x-activation";
import { leaveOneOut } from "./leave-one-out";
import { lime } from "./lime";
import { lrp0 } from "./lrp-0";
import { occlusion } from "./occlusion";
import { partitionShap } from "./partition-shap";
import { random } from "./random";
import { rawAttention } from "./raw-attention";
import { rollout } from "./rollout";
import { saliency } from "./saliency";
import { shapleySampling } from "./shapley-sampling";

/** Every explanation method, in the order in which they are listed. */
export const methods: readonly Method[] = [
  rawAttention,
  rollout,
  attentionFlow,
  gradientXAttention,
  chefer,
  gradientXInput,
  saliency,
  integratedGradients,
  layerGradientXActivation,
  layerConductance,
  deeplift,
  gradientShap,
  attnLrp,
  cpLrp,
  epsilonLrp,
  gammaLrp,
  lrp0,
  featureAblation,
  leaveOneOut,
  occlusion,
  shapleySampling,
  exactShapley,
  kernelShap,
  partitionShap,
  lime,
  random,
];

/** A method by its id; throws for one that isn't there. */
export function methodOf(id: string): Method {
  const found = methods.find((m) => m.id === id);
  if (!found) throw new Error(`unknown method: ${id}; known are ${methods.map((m) => m.id).join(", ")}`);
  return found;
}
