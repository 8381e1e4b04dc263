import type { Method } from "../attribution";
import { inputRow, type Place, resultOf } from "../passes";
import { dots } from "../per-token";
import { summed } from "../unit";

/** Each token's embedding times the target's gradient by it. */
export const gradientXInput: Method = {
  id: "gradient-x-input",
  label: "Gradient × input",
  family: "gradient",
  measures: "How much of the target each token's embedding accounts for, as far as the gradient at this input tells.",
  strength: "One pass there and back, signed, and exact for a model that is linear.",
  weakness: "It is a tangent at one point: where the model saturates, a token that decides everything can get nothing.",
  cost: "1F + 1B",
  source: "Shrikumar et al. 2016, arXiv:1605.01713; on text Denil et al. 2014, arXiv:1412.6815",
  signed: true,
  parameters: [],
  async run({ trace, target, passes, units }) {
    const row = inputRow(trace, target);
    const place: Place = { at: "embedding" };
    const back = await resultOf(passes, row, { target, by: [place], read: [place] });
    return { values: summed(units, dots(back.read(place), back.cotangent(place), row.ids.length)) };
  },
};
