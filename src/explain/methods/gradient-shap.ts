import { float32, type Tensor } from "../../tensor/tensor";
import type { Method, MethodContext } from "../attribution";
import { baselineOf, baselineParameters, otherBaselines } from "../baseline";
import { embeddingOf, inputRow, valuesOf } from "../passes";
import { difference, numbersOf, sumOf } from "../per-token";
import { type Random, randomOf } from "../random";
import { summed } from "../unit";

/** One sample: which baseline, how far from there to the input, and what is added to the input, [T, d] or nothing. */
export interface GradientShapDraw {
  readonly baseline: number;
  readonly alpha: number;
  readonly noise: Float32Array | null;
}

/** Draws of the samples of GradientSHAP: a baseline with replacement, α of U(0, 1), noise of N(0, stdev²). */
export function drawGradientShap(
  random: Random,
  { samples, baselines, stdev, size }: { samples: number; baselines: number; stdev: number; size: number },
): GradientShapDraw[] {
  return Array.from({ length: samples }, () => ({
    baseline: random.below(baselines),
    alpha: random.uniform(),
    noise: stdev > 0 ? Float32Array.from({ length: size }, () => stdev * random.normal()) : null,
  }));
}

/**
 * The mean over draws of (input + noise - baseline) ⊙ gradient at the point that α says: one value a token.
 * `onSample` is given the mean so far.
 */
export async function gradientShapOf(
  { trace, target, passes }: Pick<MethodContext, "trace" | "target" | "passes">,
  baselines: readonly Tensor[],
  draws: readonly GradientShapDraw[],
  onSample: (mean: Float64Array, done: number) => void = () => {},
): Promise<Float64Array> {
  const row = inputRow(trace, target);
  const own = await embeddingOf(passes, row);
  const tokens = row.ids.length;
  const noisy = ({ noise }: GradientShapDraw) => (noise ? numbersOf(own).map((v, i) => v + noise[i]) : numbersOf(own));
  const rows = draws.map((draw) => {
    const from = numbersOf(baselines[draw.baseline]);
    const to = noisy(draw);
    // with alpha 0 a row is run at its base
    return {
      ...row,
      base: float32(
        own.dims,
        from.map((b, i) => b + draw.alpha * (to[i] - b)),
      ),
      alpha: 0,
    };
  });
  const sum = new Float64Array(tokens);
  let done = 0;
  await passes.run(rows, { target, by: [{ at: "embedding" }] }, (result, k) => {
    const way = difference(noisy(draws[k]), baselines[draws[k].baseline]);
    const gradient = numbersOf(result.cotangent({ at: "embedding" }));
    const width = way.length / tokens;
    for (let i = 0; i < way.length; i++) sum[Math.floor(i / width)] += way[i] * gradient[i];
    done++;
    onSample(
      sum.map((s) => s / done),
      done,
    );
  });
  return sum.map((s) => s / draws.length);
}

/** Gradients at random points between baselines and the input. */
export const gradientShap: Method = {
  id: "gradient-shap",
  label: "GradientSHAP",
  family: "gradient",
  measures: "What each token adds to the target on the way from random baselines, at random points of it.",
  strength:
    "A few passes give what integrated gradients need many for, and several baselines can stand for one another.",
  weakness: "With few samples it is noisy: another seed gives other values, and the sum is right only on average.",
  cost: "5F + 5B + 2F",
  source: "Lundberg and Lee 2017, arXiv:1705.07874; expected gradients, Erion et al. 2019, arXiv:1906.10670; as Captum",
  signed: true,
  parameters: [
    { id: "samples", label: "Samples", kind: "number", default: 5, min: 1, max: 1000, step: 1 },
    {
      id: "stdev",
      label: "Noise",
      note: "Standard deviation of what is added to each number of the input's embeddings.",
      kind: "number",
      default: 0,
      min: 0,
      max: 10,
      step: 0.01,
    },
    {
      id: "several",
      label: "Draw among baselines",
      note: "Padding, the mask token and the zero embedding, as far as the vocabulary has them, besides the one chosen; of images mean colour, blurred, black and white.",
      kind: "switch",
      default: false,
    },
    ...baselineParameters,
  ],
  async run(context, options) {
    const { trace, target, passes, units, seed, onPartial } = context;
    const names = new Set([String(options.baseline)]);
    if (options.several) for (const name of otherBaselines(context)) names.add(name);
    const baselines: Tensor[] = [];
    for (const baseline of names) baselines.push(await baselineOf(context, { ...options, baseline }));
    const draws = drawGradientShap(randomOf(seed), {
      samples: Number(options.samples),
      baselines: baselines.length,
      stdev: Number(options.stdev),
      size: numbersOf(baselines[0]).length,
    });
    const row = inputRow(trace, target);
    const [own, ...fromBase] = await valuesOf(
      passes,
      [row, ...baselines.map((base) => ({ ...row, base, alpha: 0 }))],
      target,
    );
    const perToken = await gradientShapOf(context, baselines, draws, (mean, done) =>
      onPartial({ done, total: draws.length, values: summed(units, mean) }),
    );
    const values = summed(units, perToken);
    const expected = sumOf(draws.map((draw) => own - fromBase[draw.baseline])) / draws.length;
    return { values, completeness: { expected, sum: sumOf(values) } };
  },
};
