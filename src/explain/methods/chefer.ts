import { answerRows, identity, meanRow, product } from "../attention";
import type { Method } from "../attribution";
import { summed } from "../unit";
import { weightedAttention } from "./gradient-x-attention";

/** Relevance of Chefer et al.: the positive part of gradient × attention, followed through the layers. */
export const chefer: Method = {
  id: "chefer",
  label: "Chefer relevance",
  family: "attention",
  measures: "How much of each token reaches the answer by attention that speaks for the target, through all layers.",
  strength: "It asks for the target, sees tokens that are reached by way of others, and costs one pass back.",
  weakness:
    "It sees only what speaks for the target, takes heads for one, and leaves out MLPs; a token's own position always starts with 1.",
  cost: "1F + 1B + L·n³",
  source: "Chefer, Gur and Wolf 2021 (ICCV), arXiv:2103.15679; the last token's row in decoders is ours",
  signed: false,
  parameters: [
    {
      id: "zero-self",
      label: "Leave out the answer's own position",
      note: "As the reference does for images: the position that is read starts with 1 of itself, which isn't evidence.",
      kind: "switch",
      default: false,
    },
  ],
  async run(context, options) {
    const { trace, units, passes, onPartial } = context;
    const tokens = trace.encoding.ids.length;
    const weighted = await weightedAttention(context, trace.sites, "probs", true);
    let relevance = identity(tokens);
    for (const [done, matrix] of weighted.entries()) {
      await passes.pause();
      const added = product(matrix, relevance, tokens);
      relevance = relevance.map((r, i) => r + added[i]);
      onPartial({ done: done + 1, total: weighted.length });
    }
    const rows = answerRows(context);
    const values = meanRow(relevance, rows, tokens);
    if (options["zero-self"]) for (const row of rows) values[row] -= relevance[row * tokens + row] / rows.length;
    return { values: summed(units, values), details: { matrix: Float32Array.from(relevance) } };
  },
};
