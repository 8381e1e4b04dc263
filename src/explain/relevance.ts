import type { LrpName } from "../autodiff/lrp/presets";
import type { Method, MethodInfo } from "./attribution";
import { inputRow, type Place, resultOf } from "./passes";
import { dots } from "./per-token";
import { streamAt, streamParameter } from "./stream";
import { summed } from "./unit";

const patents =
  "Relevance propagation is covered by patents in some countries; whether you may use it where you are is for you to find out.";

const words = "words";
const placeParameter = (() => {
  const stream = streamParameter(words);
  if (stream.kind !== "layer") throw new Error("no layer parameter");
  return {
    ...stream,
    label: "Relevance of",
    note: "The word embeddings, or the stream as a block leaves it.",
    words: [words, ...stream.words],
  };
})();

/** A way to share out relevance, as a method: a value times its cotangent under the way's rules, summed over a token. */
export const relevanceMethod = (
  info: Pick<MethodInfo, "label" | "measures" | "strength" | "weakness" | "source"> & { readonly id: LrpName },
): Method => ({
  ...info,
  family: "relevance",
  cost: "1F + 1B",
  note: patents,
  signed: true,
  parameters: [placeParameter],
  async run(context, { layer }) {
    const { trace, target, passes, units } = context;
    const row = inputRow(trace, target);
    const place: Place = layer === words ? { at: "embedding" } : streamAt(context, layer);
    const back = await resultOf(passes, row, { target, by: [place], read: [place], mode: info.id });
    return { values: summed(units, dots(back.read(place), back.cotangent(place), row.ids.length)) };
  },
});
