import type { MethodId } from "../../store/method-ids";

/** A question that brings a person here, what to use for it, and why. */
export interface Advice {
  readonly question: string;
  readonly methods: readonly MethodId[];
  readonly why: string;
  readonly beware: string;
}

/** What is taken away from an input, and what it is taken from. */
interface Words {
  readonly one: string;
  readonly many: string;
  readonly group: string;
  readonly whole: string;
  readonly large: string;
  readonly set: string;
  readonly single: string;
  readonly ranked: string;
}

const text: Words = {
  ...{ one: "a word", many: "words", group: "phrases", whole: "A text", large: "long texts" },
  ...{ set: "texts", single: "One sentence", ranked: "tokens" },
};
const picture: Words = {
  ...{ one: "a patch", many: "patches", group: "regions", whole: "An image", large: "images of many patches" },
  ...{ set: "images", single: "One image", ranked: "patches" },
};

/** From the question to the method. What a method can't do is said beside what it can. */
export function guideOf(image: boolean): readonly Advice[] {
  const { one, many, group, whole, large, set, single, ranked } = image ? picture : text;
  return [
    {
      question: "A decision that someone may contest",
      methods: ["integrated-gradients", "shapley-sampling", "leave-one-out"],
      why: `The first two add up to the answer, so nothing of it is left unexplained, and the gap is on record. Leaving ${one} out is an experiment that anyone can repeat.`,
      beware: "File the baseline, the replacement and the seed with the numbers: another baseline is another question.",
    },
    {
      question: "A model that does something odd",
      methods: ["leave-one-out", "occlusion", "attn-lrp"],
      why: `Taking ${many} away shows what the model really does without them; windows find ${group} that stand in for each other. AttnLRP reads ${large} in two passes.`,
      beware: `${whole} with a hole is one that the model may never have seen: try a second replacement before you believe a bar.`,
    },
    {
      question: "A claim that others will check",
      methods: ["attn-lrp", "integrated-gradients", "gradient-x-input", "shapley-sampling", "rollout", "random"],
      why: "Several families, with their rank correlations, how faithful each is on your data, and random removal as the bar to clear.",
      beware: `${single} shows nothing: ρ and p here are over its ${ranked}. Measure over a set of ${set}, and say how many.`,
    },
    {
      question: "A quick look",
      methods: ["gradient-x-attention", "attn-lrp", "leave-one-out"],
      why: `Two passes each, and as many as there are ${many} for the check. Where the three name the same ${many}, look no further.`,
      beware: "Attention alone shows where the model looks, which is not why it answers: it isn't among them.",
    },
  ];
}
