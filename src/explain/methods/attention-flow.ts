import { answerRows, type Fusion, fused, fusionParameter, residualParameter, withResidual } from "../attention";
import type { Method } from "../attribution";
import { layeredFlow } from "../max-flow";
import { addScaled, sumOf } from "../per-token";
import { summed } from "../unit";

/** The most that could flow from the answer's position down to each token if attention were the capacity of pipes. */
export const attentionFlow: Method = {
  id: "attention-flow",
  label: "Attention flow",
  family: "attention",
  targetless: true,
  measures: "How much could flow from the answer to each token if each attention weight were the width of a pipe.",
  strength: "A narrow place on the way limits what counts, where rollout multiplies and lets long paths fade.",
  weakness:
    "It takes heads for one, leaves out values and MLPs, is the same for every target, and tends to make tokens alike; it grows costly on long texts.",
  cost: "1F + n maximum flows",
  source: "Abnar and Zuidema 2020, arXiv:2005.00928",
  signed: false,
  parameters: [
    fusionParameter,
    residualParameter,
    {
      id: "scale",
      label: "Scale",
      kind: "choice",
      default: "share",
      choices: [
        { id: "share", label: "share of all flows" },
        { id: "flow", label: "flow" },
      ],
    },
    {
      id: "rows",
      label: "Rows",
      note: "Values need the answer's row alone. A whole heatmap takes as many times as long as there are tokens.",
      kind: "choice",
      default: "answer",
      choices: [
        { id: "answer", label: "the answer's" },
        { id: "all", label: "all" },
      ],
    },
  ],
  async run(context, { fusion, residual, scale, rows }) {
    const { trace, units, passes, onPartial } = context;
    const tokens = trace.encoding.ids.length;
    const capacities: Float64Array[] = [];
    for (const { index } of trace.sites)
      capacities.push(withResidual(fused(await trace.attention(index), fusion as Fusion), tokens, Number(residual)));
    const flow = layeredFlow(capacities, tokens);
    const read = answerRows(context);
    const wanted = rows === "all" ? Array.from({ length: tokens }, (_, i) => i) : read;
    const matrix = new Float32Array(tokens * tokens).fill(Number.NaN);
    const values = new Float64Array(tokens);
    for (const [done, i] of wanted.entries()) {
      const flows = new Float64Array(tokens);
      for (let j = 0; j < tokens; j++) {
        await passes.pause();
        flows[j] = flow(i, j);
        onPartial({ done: done * tokens + j + 1, total: wanted.length * tokens });
      }
      const total = scale === "share" ? sumOf(flows) : 1;
      const shared = flows.map((f) => f / total);
      matrix.set(shared, i * tokens);
      if (read.includes(i)) addScaled(values, shared, 1 / read.length);
    }
    return { values: summed(units, values), details: { matrix } };
  },
};
