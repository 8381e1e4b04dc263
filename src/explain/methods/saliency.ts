import type { Method } from "../attribution";
import { inputRow, resultOf } from "../passes";
import { numbersOf } from "../per-token";
import { summed } from "../unit";

/** The size of the target's gradient by each token's embedding. A word's is the sum of its tokens'. */
export const saliency: Method = {
  id: "saliency",
  label: "Saliency",
  family: "gradient",
  measures: "How fast the target would change if a token's embedding moved a little, in any direction.",
  strength: "One pass there and back, and no baseline to choose.",
  weakness: "It has no sign, and says what the model is sensitive to, which needn't be what this answer rests on.",
  cost: "1F + 1B",
  source: "Simonyan et al. 2013, arXiv:1312.6034; on text Li et al. 2016, arXiv:1506.01066",
  signed: false,
  parameters: [
    {
      id: "norm",
      label: "Size",
      note: "Taken over the dimensions of each token; a word's is the sum of its tokens'.",
      kind: "choice",
      default: "l2",
      choices: [
        { id: "l2", label: "length (L2)" },
        { id: "l1", label: "sum of magnitudes (L1)" },
        { id: "max", label: "largest magnitude" },
      ],
    },
  ],
  async run({ trace, target, passes, units }, { norm }) {
    const row = inputRow(trace, target);
    const back = await resultOf(passes, row, { target, by: [{ at: "embedding" }] });
    const gradient = numbersOf(back.cotangent({ at: "embedding" })); // [T, d]
    const tokens = row.ids.length;
    const width = gradient.length / tokens;
    const sizes = Float64Array.from({ length: tokens }, (_, t) => {
      let size = 0;
      for (const g of gradient.subarray(t * width, (t + 1) * width)) {
        if (norm === "l2") size += g * g;
        else if (norm === "l1") size += Math.abs(g);
        else size = Math.max(size, Math.abs(g));
      }
      return norm === "l2" ? Math.sqrt(size) : size;
    });
    return { values: summed(units, sizes) };
  },
};
