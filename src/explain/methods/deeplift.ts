import type { Method } from "../attribution";
import { baselineOf, baselineParameters } from "../baseline";
import { inputRow, type Place, resultOf, valuesOf } from "../passes";
import { difference, dots, sumOf } from "../per-token";
import { summed } from "../unit";

/** Differences from a baseline, shared out layer by layer. */
export const deeplift: Method = {
  id: "deeplift",
  label: "DeepLIFT",
  family: "gradient",
  measures: "What each token's difference from a baseline adds to the target, shared out at every operator.",
  strength: "The values sum to the difference that the input makes, for one pass back, and saturation doesn't hide it.",
  weakness: "Another baseline gives another answer, and how products and attention share out is a choice of rules.",
  cost: "2F + 1B + 1F",
  source: "Shrikumar, Greenside and Kundaje 2017, arXiv:1704.02685",
  signed: true,
  parameters: [
    {
      id: "rules",
      label: "Rules",
      note: "Captum rescales only Tanh, Relu and the like that are modules, and takes gradients elsewhere, so that its sum falls short on transformers.",
      kind: "choice",
      default: "complete",
      choices: [
        { id: "complete", label: "at every operator" },
        { id: "captum", label: "as Captum" },
      ],
    },
    ...baselineParameters,
  ],
  async run(context, options) {
    const { trace, target, passes, units } = context;
    const row = inputRow(trace, target);
    const base = await baselineOf(context, options);
    const place: Place = { at: "embedding" };
    const mode = options.rules === "captum" ? "deeplift-captum" : "deeplift";
    const back = await resultOf(passes, { ...row, base }, { target, by: [place], read: [place], mode });
    const way = difference(back.read(place), base);
    const values = summed(units, dots(way, back.cotangent(place), row.ids.length));
    const [fromBase] = await valuesOf(passes, [{ ...row, base, alpha: 0 }], target);
    return { values, completeness: { expected: back.value - fromBase, sum: sumOf(values) } };
  },
};
