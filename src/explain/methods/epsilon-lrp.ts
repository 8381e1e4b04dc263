import { defaultEpsilon } from "../../autodiff/lrp/presets";
import { relevanceMethod } from "../relevance";

/** Bach et al. 2015, with AttnLRP's rules for what transformers have besides. */
export const epsilonLrp = relevanceMethod({
  id: "epsilon-lrp",
  label: "ε-LRP",
  measures: `How much of the target's number comes from each token, small and unsure shares damped (ε = ${defaultEpsilon}).`,
  strength: "Sums that nearly cancel don't blow up, so that it is less noisy than AttnLRP without ε.",
  weakness: "What ε takes is lost, layer after layer: values shrink, and in a deep model little may be left.",
  source: "Bach et al. 2015 (PLoS ONE); on text Arras et al. 2016, arXiv:1606.07298",
});
