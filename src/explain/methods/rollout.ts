import {
  answerRows,
  type Fusion,
  fused,
  fusionParameter,
  identity,
  meanRow,
  product,
  residualParameter,
  sitesAt,
  withResidual,
} from "../attention";
import type { Method } from "../attribution";
import { summed } from "../unit";

/** Attention followed through the layers by multiplying their matrices, the residual stream as the identity in each. */
export const rollout: Method = {
  id: "rollout",
  label: "Attention rollout",
  family: "attention",
  targetless: true,
  measures: "How much of each token could reach the answer by attention, counted along all paths through the layers.",
  strength: "It sees tokens that are reached by way of others, and costs one product of matrices a layer.",
  weakness:
    "It takes heads for one and attention for all that moves information: values, MLPs and signs are left out, and it is the same for every target.",
  cost: "1F + L·n³",
  source: "Abnar and Zuidema 2020, arXiv:2005.00928; discarding after Gildenblat's vit-explain",
  signed: false,
  parameters: [
    fusionParameter,
    {
      id: "discard",
      label: "Discard",
      note: "The share of each layer's smallest attention that is set to 0 before.",
      kind: "number",
      default: 0,
      min: 0,
      max: 0.99,
      step: 0.05,
    },
    residualParameter,
    {
      id: "normalise",
      label: "Normalise",
      note: "vit-explain divides column j by the sum of row j, so that rows don't sum to 1 where something was discarded.",
      kind: "choice",
      default: "rows",
      choices: [
        { id: "rows", label: "each row sums to 1" },
        { id: "vit-explain", label: "as vit-explain" },
      ],
    },
    {
      id: "layer",
      label: "Through layer",
      note: "The last layer that is followed.",
      kind: "layer",
      default: "last",
      words: ["last"],
    },
  ],
  async run(context, { fusion, discard, residual, normalise, layer }) {
    const { trace, units, passes, onPartial } = context;
    const tokens = trace.encoding.ids.length;
    const end = sitesAt(trace.sites, layer)[0].layer;
    const sites = trace.sites.filter((s) => s.layer <= end);
    const rows = answerRows(context);
    let reached = identity(tokens);
    for (const [done, { index }] of sites.entries()) {
      await passes.pause();
      const attention = discarded(fused(await trace.attention(index), fusion as Fusion), Number(discard));
      const step =
        normalise === "rows"
          ? withResidual(attention, tokens, Number(residual))
          : dividedByColumn(attention, tokens, Number(residual));
      reached = product(step, reached, tokens);
      onPartial({ done: done + 1, total: sites.length });
    }
    return {
      values: summed(units, meanRow(reached, rows, tokens)),
      details: { matrix: Float32Array.from(reached) },
    };
  },
};

/** Without the smallest entries, as many as the ratio says; the very first is never among them (vit-explain). [T, T] */
function discarded(attention: Float64Array, ratio: number): Float64Array {
  const count = Math.floor(attention.length * ratio);
  if (count === 0) return attention;
  const result = attention.slice();
  const order = Array.from(attention.keys()).sort((a, b) => attention[a] - attention[b]);
  for (const i of order.slice(0, count)) if (i !== 0) result[i] = 0;
  return result;
}

/** As `withResidual`, but entry (i, j) is divided by the sum of row j: what a division without `keepdim` does. */
function dividedByColumn(attention: Float64Array, tokens: number, weight: number): Float64Array {
  const mixed = attention.map((a, i) => (1 - weight) * a + (i % (tokens + 1) === 0 ? weight : 0));
  const sums = Array.from({ length: tokens }, (_, j) =>
    mixed.subarray(j * tokens, (j + 1) * tokens).reduce((s, v) => s + v, 0),
  );
  return mixed.map((v, i) => v / sums[i % tokens]);
}
