import { answerRows, fused, meanRow, sitesAt } from "../attention";
import type { Method } from "../attribution";
import { addScaled } from "../per-token";
import { summed } from "../unit";

/** The attention that the target's position pays to each token: mean over heads, of one layer or over all. */
export const rawAttention: Method = {
  id: "raw-attention",
  label: "Raw attention",
  family: "attention",
  targetless: true,
  measures: "How much the position that the answer is read at attends to each token.",
  strength: "It is what the model computed, and costs nothing beyond the pass.",
  weakness: "A token can be attended to and not matter, or matter by another way; it says nothing of the target.",
  cost: "1F",
  source: "Vaswani et al. 2017",
  signed: false,
  parameters: [{ id: "layer", label: "Layer", kind: "layer", default: "last", words: ["last", "mean"] }],
  async run(context, { layer }) {
    const { trace, units } = context;
    const sites = sitesAt(trace.sites, layer);
    const rows = answerRows(context);
    const tokens = trace.encoding.ids.length;
    const values = new Float64Array(tokens);
    for (const { index } of sites) {
      const attention = fused(await trace.attention(index), "mean"); // [T, T]
      addScaled(values, meanRow(attention, rows, tokens), 1 / sites.length);
    }
    return { values: summed(units, values) };
  },
};
