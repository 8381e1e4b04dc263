import { AttentionCache } from "../../store/attention";
import type { PairFilter, Shown } from "../../store/state";
import { type SyntheticModel, syntheticExplainer } from "../../store/testing/synthetic";
import { type Picture, pictureOf } from "../heads/on-screen";

export const encoder: SyntheticModel = { name: "encoder", layers: 3, heads: 14, family: "encoder", pairs: true };
export const decoder: SyntheticModel = { name: "decoder", layers: 2, heads: 10, family: "decoder" };

/** A pass of a made-up model with its scores, and the attention of every head at hand. */
export async function passOf(
  model: SyntheticModel,
  text: string,
  pair?: string,
): Promise<{ shown: Shown; attention: AttentionCache }> {
  const explainer = syntheticExplainer(() => model);
  const loaded = await explainer.load({ kind: "shipped", id: model.name }, "auto", () => {});
  const result = await explainer.run({ kind: "text", text, ...(pair !== undefined && { pair }) }, null);
  const scores = await explainer.scores(result.trace);
  const attention = new AttentionCache(explainer.attention);
  const tokens = result.encoding.ids.length;
  const heads = Array.from({ length: model.heads }, (_, i) => i);
  for (const { index: site } of loaded.sites) await attention.fetch({ trace: result.trace, site, heads, tokens });
  return { shown: { origin: "live", model: loaded, result, scores }, attention };
}

export function picture(
  { shown, attention }: Awaited<ReturnType<typeof passOf>>,
  site: number,
  heads: readonly number[],
  looks: { hideSinks?: boolean; mergeWords?: boolean; pairFilter?: PairFilter } = {},
): Picture {
  const { hideSinks = false, mergeWords = false, pairFilter = "all" } = looks;
  const made = pictureOf({ shown, site, heads, hideSinks, mergeWords, pairFilter }, attention);
  if (!made) throw new Error("no picture: attention is missing");
  return made;
}
