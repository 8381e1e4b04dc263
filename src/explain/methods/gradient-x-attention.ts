import { answerRows, fused, sitesAt } from "../attention";
import type { Method, MethodContext } from "../attribution";
import { inputRow, type Place, resultOf } from "../passes";
import { addScaled, dots, numbersOf } from "../per-token";
import type { SiteInfo } from "../trace";
import { summed } from "../unit";

type By = "probs" | "heads" | "module";

/** Attention weights, each counted by how much the target would change with it. */
export const gradientXAttention: Method = {
  id: "gradient-x-attention",
  label: "Gradient × attention",
  family: "attention",
  measures: "Which attention weights the target depends on: each weight times the target's derivative by it.",
  strength: "It asks for the target, so heads that don't matter to it fade, and it costs one pass back.",
  weakness:
    "It looks at one layer at a time, at first order, and at the attention only: what a token does by other ways is left out.",
  cost: "1F + 1B",
  source: "Serrano and Smith 2019, arXiv:1906.03731; positive part as Grad-SAM, Barkan et al. 2021, arXiv:2204.11073",
  signed: true,
  parameters: [
    { id: "layer", label: "Layer", kind: "layer", default: "mean", words: ["last", "mean"] },
    {
      id: "sign",
      label: "Sign",
      note: "The positive part leaves out, head by head, what speaks against the target.",
      kind: "choice",
      default: "signed",
      choices: [
        { id: "signed", label: "for and against" },
        { id: "positive", label: "positive part" },
      ],
    },
    {
      id: "by",
      label: "Gradient by",
      note: "Of weights, each has its own; of outputs, a head or a module is weighed as a whole by output · gradient.",
      kind: "choice",
      default: "probs",
      choices: [
        { id: "probs", label: "each attention weight" },
        { id: "heads", label: "each head's output" },
        { id: "module", label: "each attention module's output" },
      ],
    },
    {
      id: "rows",
      label: "Rows",
      note: "The attention that the answer's position pays, or that all positions pay, summed.",
      kind: "choice",
      default: "answer",
      choices: [
        { id: "answer", label: "of the answer" },
        { id: "all", label: "all, summed" },
      ],
    },
  ],
  async run(context, { layer, sign, by, rows }) {
    const { trace, units } = context;
    const sites = sitesAt(trace.sites, layer);
    const tokens = trace.encoding.ids.length;
    const weighted = await weightedAttention(context, sites, by as By, sign === "positive");
    const read = rows === "all" ? Array.from({ length: tokens }, (_, i) => i) : answerRows(context);
    const matrix = new Float64Array(tokens * tokens); // mean over layers
    for (const one of weighted) addScaled(matrix, one, 1 / weighted.length);
    const values = new Float64Array(tokens);
    const share = rows === "all" ? 1 : 1 / read.length;
    for (const i of read) addScaled(values, matrix.subarray(i * tokens, (i + 1) * tokens), share);
    return { values: summed(units, values), details: { matrix: Float32Array.from(matrix) } };
  },
};

/** Attention weighed by gradients, mean over heads: [T, T] a site. One pass there and back. */
export async function weightedAttention(
  { trace, target, passes }: Pick<MethodContext, "trace" | "target" | "passes">,
  sites: readonly SiteInfo[],
  by: By,
  positive: boolean,
): Promise<Float64Array[]> {
  const tokens = trace.encoding.ids.length;
  const places = sites.map(({ index }): Place => ({ at: by, site: index }));
  const read = by === "probs" ? [] : places;
  const cut = (v: number) => (positive && v < 0 ? 0 : v);
  const back = await resultOf(passes, inputRow(trace, target), { target, by: places, read });
  return Promise.all(
    sites.map(async ({ index }, s) => {
      const attention = await trace.attention(index); // [H, T, T]
      const weights = numbersOf(attention);
      const heads = attention.dims[0];
      const gradient = numbersOf(back.cotangent(places[s]));
      if (by === "module") {
        const weight = dots(back.read(places[s]), gradient, tokens); // [T]
        return fused(attention, "mean").map((a, i) => cut(a * weight[Math.floor(i / tokens)]));
      }
      // of each weight [H, T, T], or of each row of a head [H, T]
      const factor = by === "heads" ? dots(back.read(places[s]), gradient, heads * tokens) : gradient;
      const matrix = new Float64Array(tokens * tokens);
      for (let i = 0; i < weights.length; i++)
        matrix[i % matrix.length] += cut(weights[i] * factor[by === "heads" ? Math.floor(i / tokens) : i]) / heads;
      return matrix;
    }),
  );
}
