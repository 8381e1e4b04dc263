import type { PatchGrid } from "../../text/encoding";
import type { Attribution, MethodContext, Options } from "../attribution";
import { gameOf } from "../coalitions";
import { allCoalitions } from "../methods/exact-shapley";
import { kernelWeight, type LimeOptions, limeOf } from "../methods/lime";
import { perturbationOf } from "../perturbation";
import type { Target } from "../target";

/** How a golden of a folder is got from a method. */
export type Quantity = Common & (ByMethod | ByReplay);

interface Common {
  /** The row that it is reported in, the largest error of all goldens of the quantity. */
  readonly name: string;
  /** Goldens by their keys behind the input's name. */
  readonly keys: RegExp;
  readonly as?: (match: RegExpMatchArray) => Target["as"];
  /** Whether it runs many rows, so that they could disturb each other. */
  readonly many?: boolean;
  /** Whether only the reference's players may be taken away. */
  readonly players?: boolean;
  /** Absolute for what has a scale of its own, as attention has; else of the golden's largest magnitude. */
  readonly limit: { readonly absolute: number } | { readonly relative: number };
}

/** By a registered method. */
interface ByMethod {
  readonly method: string;
  /** `patches` are those of an image, where the input is one. */
  options(match: RegExpMatchArray, patches?: PatchGrid): Options;
  /** What of the attribution is the golden. The values, unless said otherwise. */
  readonly part?: "values" | "matrix" | "regions" | "players";
}

/** By what a sampled method makes of draws: here of every coalition, as the references have them. */
interface ByReplay {
  replay(context: MethodContext, match: RegExpMatchArray): Promise<ArrayLike<number>>;
}

const byAttention = { absolute: 1e-4 };
const relative = { relative: 1e-3 };

const drop = (m: RegExpMatchArray): Options => ({ drop: m[1] === "prob" ? "probability" : "logit" });

/** Every attribution that references hold. */
export const attributions: readonly Quantity[] = [
  {
    name: "rollout",
    keys: /^rollout(_literal)?\.(mean|max|min)\.([\d.]+)$/,
    method: "rollout",
    options: ([, literal, fusion, discard]) => ({
      fusion,
      discard: Number(discard),
      normalise: literal ? "vit-explain" : "rows",
    }),
    part: "matrix",
    limit: byAttention,
  },
  { name: "chefer", keys: /^chefer\.R$/, method: "chefer", options: () => ({}), part: "matrix", limit: relative },
  {
    name: "gradattn",
    keys: /^gradattn\.(pos|signed)\.(\d+)$/,
    method: "gradient-x-attention",
    options: ([, sign, layer]) => ({ layer: Number(layer), sign: sign === "pos" ? "positive" : "signed" }),
    part: "matrix",
    limit: relative,
  },
  { name: "gradxinput", keys: /^gradxinput$/, method: "gradient-x-input", options: () => ({}), limit: relative },
  { name: "saliency", keys: /^saliency_l2$/, method: "saliency", options: () => ({ norm: "l2" }), limit: relative },
  {
    name: "ig",
    many: true,
    keys: /^ig\.(gl|trap)(\.full)?$/,
    method: "integrated-gradients",
    options: ([, rule], patches) => ({
      steps: 50,
      baseline: baselineOf(patches),
      rule: rule === "gl" ? "gausslegendre" : "riemann_trapezoid",
    }),
    limit: relative,
  },
  {
    name: "gxa",
    keys: /^gxa\.(\d+)$/,
    method: "layer-gradient-x-activation",
    options: ([, layer]) => ({ layer: Number(layer) }),
    limit: relative,
  },
  {
    name: "conductance",
    keys: /^conductance\.(\d+)$/,
    method: "layer-conductance",
    options: ([, layer], patches) => ({
      layer: Number(layer),
      steps: 20,
      rule: "captum",
      baseline: baselineOf(patches),
    }),
    limit: relative,
  },
  {
    name: "deeplift",
    keys: /^deeplift(\.full)?$/,
    method: "deeplift",
    options: (_, patches) => ({ rules: "captum", baseline: baselineOf(patches) }),
    limit: relative,
  },
  { name: "attnlrp", keys: /^attnlrp$/, method: "attn-lrp", options: () => ({}), limit: relative },
  {
    name: "ablation",
    keys: /^ablation(\.patch)?$/,
    method: "feature-ablation",
    options: (_, patches) => ({ removal: patches ? "auto" : "mask", drop: "asked" }),
    limit: relative,
  },
  {
    name: "loo",
    many: true,
    keys: /^loo\.(logit|prob)_drop$/,
    method: "leave-one-out",
    options: (m) => ({ removal: "mask", ...drop(m) }),
    limit: relative,
  },
  {
    name: "loo_delete",
    keys: /^loo_delete\.(logit|prob)_drop$/,
    method: "leave-one-out",
    options: (m) => ({ removal: "delete", ...drop(m) }),
    limit: relative,
  },
  {
    name: "occlusion.captum",
    keys: /^occlusion\.captum$/,
    method: "occlusion",
    options: () => ({ window: 3, stride: 1, removal: "mask", drop: "logit" }),
    limit: relative,
  },
  {
    name: "occlusion.pixels",
    keys: /^occlusion\.(\d+)x\1s(\d+)$/,
    method: "occlusion",
    options: ([, side, stride], patches) => ({
      window: inPatches(side, patches),
      stride: inPatches(stride, patches),
      removal: "auto",
      drop: "logit",
    }),
    limit: relative,
  },
  {
    name: "occlusion.w3",
    keys: /^occlusion\.w3\.(logit|prob)_drop$/,
    method: "occlusion",
    options: (m) => ({ window: 3, stride: 1, removal: "mask", ...drop(m) }),
    part: "regions",
    limit: relative,
  },
  {
    name: "shapley",
    many: true,
    keys: /^shapley\.(logit|prob)$/,
    method: "exact-shapley",
    options: () => ({ removal: "mask" }),
    as: ([, scale]) => (scale === "prob" ? "probability" : "logit"),
    players: true,
    part: "players",
    limit: relative,
  },
  {
    name: "shapley.v",
    keys: /^shapley\.v_(logit|prob)$/,
    as: ([, scale]) => (scale === "prob" ? "probability" : "logit"),
    players: true,
    replay: async (context) => (await everyCoalition(context)).worth,
    limit: relative,
  },
  {
    name: "lime.weights",
    keys: /^lime\.weights$/,
    players: true,
    replay: async (context) => {
      const coalitions = allCoalitions(context.units.filter((u) => !u.special).length);
      return coalitions.map((c) => kernelWeight(c, limeOptions(coalitions[0].length, "lime")));
    },
    limit: { absolute: 1e-6 },
  },
  {
    name: "lime",
    keys: /^lime\.(limetext|nosqrt)\.(logit|prob)$/,
    as: ([, , scale]) => (scale === "prob" ? "probability" : "logit"),
    players: true,
    replay: async (context, [, kernel]) => {
      const { coalitions, worth } = await everyCoalition(context);
      const options = limeOptions(coalitions[0].length, kernel === "limetext" ? "lime" : "nosqrt");
      const { values, intercept } = limeOf(coalitions, worth, options);
      return [...values, intercept];
    },
    limit: relative,
  },
];

/** References hold texts against padding, and images against their mean colour. */
const baselineOf = (patches: PatchGrid | undefined): string => (patches ? "mean" : "pad");

/** @throws where a length in pixels isn't whole patches */
function inPatches(pixels: string, patches: PatchGrid | undefined): number {
  const [tall, wide] = patches?.step ?? [0, 0];
  const count = Number(pixels) / tall;
  if (tall !== wide || !Number.isInteger(count))
    throw new Error(`${pixels} pixels aren't patches of ${tall} × ${wide}`);
  return count;
}

/** What the target is worth for every coalition of the players, in the order of the references' bits. */
async function everyCoalition(context: MethodContext) {
  const { players, values } = gameOf(perturbationOf(context, { removal: "mask" }), context.passes);
  const coalitions = allCoalitions(players.length);
  return { coalitions, worth: await values(coalitions) };
}

const limeOptions = (features: number, kernel: LimeOptions["kernel"]): LimeOptions => ({
  features,
  width: 25,
  kernel,
  selection: "all",
});

/** Goldens that are no attributions: what other checks compare. */
export const otherwise =
  /^(input_ids|attention_mask|token_type_ids|pixel_values|logits|word_emb|final_norm_input|(attn|hidden|grad|lens)\..*|grad\..*|attnlrp\..*)$/;

/** The part of an attribution that a golden holds. */
export function partOf(attribution: Attribution, part: ByMethod["part"] = "values"): ArrayLike<number> {
  const { values, details, units, method } = attribution;
  switch (part) {
    case "matrix":
      if (!details?.matrix) throw new Error(`no matrix: ${method}`);
      return details.matrix;
    case "regions":
      if (!details?.regions) throw new Error(`no regions: ${method}`);
      return details.regions.map((r) => r.value);
    case "players":
      return values.filter((_, i) => !units[i].special);
    default:
      return values;
  }
}
