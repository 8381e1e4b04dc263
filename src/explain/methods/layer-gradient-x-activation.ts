import type { Method } from "../attribution";
import { inputRow, resultOf } from "../passes";
import { dots } from "../per-token";
import { streamAt, streamParameter } from "../stream";
import { summed } from "../unit";

/** What the stream holds at each token after a layer, times the target's gradient by it. */
export const layerGradientXActivation: Method = {
  id: "layer-gradient-x-activation",
  label: "Layer gradient × activation",
  family: "gradient",
  measures: "How much of the target what a layer holds at each position accounts for, as far as the gradient tells.",
  strength: "It shows at which positions the evidence stands half-way through the model, for one pass there and back.",
  weakness:
    "After a few layers a position is a mixture of tokens, so its value isn't the token's own; and before a norm that ends the model the sums are 0, as scaling changes nothing there.",
  cost: "1F + 1B",
  source: "Shrikumar et al. 2016, arXiv:1605.01713, at a layer, as Captum",
  signed: true,
  parameters: [streamParameter("middle")],
  async run(context, { layer }) {
    const { trace, target, passes, units } = context;
    const row = inputRow(trace, target);
    const place = streamAt(context, layer);
    const back = await resultOf(passes, row, { target, by: [place], read: [place] });
    return { values: summed(units, dots(back.read(place), back.cotangent(place), row.ids.length)) };
  },
};
