import { relevanceMethod } from "../relevance";

/** Bach et al. 2015, basic rule. */
export const lrp0 = relevanceMethod({
  id: "lrp-0",
  label: "LRP-0",
  measures: "How much of the target's number comes from each token by the first, basic rule of relevance.",
  strength: "The plainest rule, and one to hold the others against: with Relu it is gradient × input.",
  weakness:
    "It has no rule for norms, softmax and products, which are differentiated instead: relevance isn't conserved, and values are noisy.",
  source: "Bach et al. 2015 (PLoS ONE)",
});
