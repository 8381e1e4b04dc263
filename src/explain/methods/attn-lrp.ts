import { relevanceMethod } from "../relevance";

/** Achtibat et al. 2024. */
export const attnLrp = relevanceMethod({
  id: "attn-lrp",
  label: "AttnLRP",
  measures: "How much of the target's number comes from each token, handed back layer by layer, through attention too.",
  strength:
    "Made for transformers: one pass back, and its authors measured it as the most faithful on language models.",
  weakness:
    "Softmax, biases and positions keep a share, so the values don't sum to the number; some models skew to their first token, and GPT-2 needs a target held against another.",
  source: "Achtibat et al. 2024 (ICML), arXiv:2402.05602",
});
