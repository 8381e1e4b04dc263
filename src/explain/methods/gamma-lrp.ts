import { defaultGamma } from "../../autodiff/lrp/presets";
import { relevanceMethod } from "../relevance";

/** Montavon et al. 2019, with AttnLRP's rules for what transformers have besides. */
export const gammaLrp = relevanceMethod({
  id: "gamma-lrp",
  label: "γ-LRP",
  measures: `How much of the target's number comes from each token, with what speaks for it preferred (γ = ${defaultGamma}).`,
  strength: "Smoother than AttnLRP without γ; the authors of AttnLRP use it for images.",
  weakness: "It leans towards what speaks for the target by design, so evidence against is understated.",
  source: "Montavon et al. 2019, Layer-wise relevance propagation: an overview",
});
