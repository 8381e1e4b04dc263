import { relevanceMethod } from "../relevance";

/** Ali et al. 2022. */
export const cpLrp = relevanceMethod({
  id: "cp-lrp",
  label: "CP-LRP",
  measures: "How much of the target's number comes from each token, with attention weights taken as given.",
  strength: "Nothing is lost or made on the way: with the shares of biases and positions it sums to the number.",
  weakness: "Why the model attended where it did counts for nothing: queries and keys get no relevance.",
  source: "Ali et al. 2022 (ICML), arXiv:2202.07304",
});
