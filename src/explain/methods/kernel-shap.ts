import type { Method } from "../attribution";
import { everyone, gameOf, growing, noone } from "../coalitions";
import { constrainedFit, drawAsCaptum, drawKernel, firstOnPath, type Samples } from "../kernel-samples";
import { ridge } from "../linear";
import { perturbationOf, removalParameter, spread } from "../perturbation";
import { randomOf } from "../random";

/** Coefficients of Captum's regression: everybody and nobody are fitted nearly exactly, by their weight. */
export const captumFit = ({ coalitions, weights }: Samples, worth: ArrayLike<number>): number[] => {
  const players = coalitions[0].length;
  const x = Float64Array.from(coalitions.flatMap((coalition) => [...coalition]));
  const y = coalitions.map((_, i) => worth[i]);
  return Array.from(ridge(x, players, y, weights, { alpha: 0, intercept: true }).coefficients);
};

/** Shapley values as the answer of a weighted regression. */
export const kernelShap: Method = {
  id: "kernel-shap",
  label: "Kernel SHAP",
  family: "perturbation",
  measures: "Shapley values, as the weights of the additive model that fits best what coalitions of units are worth.",
  strength: "Every pass tells of all units, so it needs fewer than sampling orders; exact once all coalitions are run.",
  weakness: "Its texts have holes that the model never saw; as Captum draws, 25 passes are next to noise.",
  cost: "(2n + 2048)F, at most 2ⁿ F; as Captum 25F",
  source: "Lundberg and Lee 2017; shap 0.51, KernelExplainer; Captum, KernelShap",
  note: "shap keeps only ten units, by an L1 path, unless told otherwise; here all have their value unless you ask for that.",
  signed: true,
  parameters: [
    {
      id: "sampling",
      label: "Sampling",
      kind: "choice",
      default: "shap",
      choices: [
        { id: "shap", label: "whole sizes first, then pairs (shap)" },
        { id: "captum", label: "drawn by the kernel (Captum)" },
      ],
    },
    {
      id: "samples",
      label: "Samples",
      note: "0 takes the reference's own number: 2n + 2048 as shap, 25 as Captum.",
      kind: "number",
      default: 0,
      min: 0,
      max: 20_000,
      step: 1,
    },
    {
      id: "kept",
      label: "Units that are kept",
      note: "0 keeps all. shap keeps 10 by default, the first on the path of least angle regression; the rest read 0.",
      kind: "number",
      default: 0,
      min: 0,
      max: 512,
      step: 1,
    },
    removalParameter,
  ],
  async run(context, options) {
    const { passes, units, seed, onPartial } = context;
    const { players, values } = gameOf(perturbationOf(context, options), passes);
    const asCaptum = options.sampling === "captum";
    const count = Math.round(Number(options.samples)) || (asCaptum ? 25 : 2 * players.length + 2048);
    const kept = Math.round(Number(options.kept));
    const samples = (asCaptum ? drawAsCaptum : drawKernel)(randomOf(seed), players.length, count);
    const coalitions = [noone(players), everyone(players), ...samples.coalitions];
    const fitted = (known: number, worth: Float64Array) => {
      const part = { coalitions: samples.coalitions.slice(0, known - 2), weights: samples.weights.slice(0, known - 2) };
      const rest = worth.subarray(2, known);
      const of = [part, rest, worth[0], worth[1]] as const;
      const found = asCaptum
        ? captumFit(part, rest)
        : constrainedFit(...of, kept > 0 ? firstOnPath(...of, kept) : undefined);
      return spread(players, found, units.length);
    };
    const enough = 2 * players.length + 2;
    const worthALook = growing();
    const worth = await values(coalitions, (known, worth) => {
      const look = known > enough && known < coalitions.length && worthALook(known);
      onPartial({ done: known, total: coalitions.length, ...(look ? { values: fitted(known, worth) } : {}) });
    });
    const found = fitted(coalitions.length, worth);
    return {
      values: found,
      completeness: { expected: worth[1] - worth[0], sum: found.reduce((sum, v) => sum + v, 0) },
    };
  },
};
