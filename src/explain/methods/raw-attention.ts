import type { Method } from "../attribution";
import { summed } from "../unit";

/** The attention that the target's position pays to each token: mean over heads, of one layer or over all. */
export const rawAttention: Method = {
  id: "raw-attention",
  label: "Raw attention",
  family: "attention",
  measures: "How much the position that the answer is read at attends to each token.",
  strength: "It is what the model computed, and costs nothing beyond the pass.",
  weakness: "A token can be attended to and not matter, or matter by another way; it says nothing of the target.",
  cost: "1F",
  source: "Vaswani et al. 2017",
  signed: false,
  parameters: [{ id: "layer", label: "Layer", kind: "layer", default: "last", words: ["last", "mean"] }],
  async run({ trace, target, units }, { layer }) {
    const sites = trace.sites.filter((s) => layer === "mean" || s.layer === layerOf(layer, trace.sites.length));
    if (sites.length === 0)
      throw new RangeError(`no layer: ${layer} of ${trace.sites.length}; a number, "last" or "mean"`);
    const row = target.position ?? 0;
    const values = new Array<number>(trace.encoding.ids.length).fill(0);
    for (const { index } of sites) {
      const { dims, data } = await trace.attention(index); // [H, T, T]
      const [heads, , columns] = dims;
      for (let h = 0; h < heads; h++) {
        for (let j = 0; j < columns; j++)
          values[j] += (data as Float32Array)[(h * columns + row) * columns + j] / heads / sites.length;
      }
    }
    return { values: summed(units, values) };
  },
};

const layerOf = (layer: string | number | boolean, layers: number): number =>
  layer === "last" ? layers - 1 : Number(layer);
