import type { Method } from "../attribution";
import { summed } from "../unit";
import type { TraceAbout } from "./about";

/** What a trace brings along as explanations of its own: shown as they are, by the names that they came with. */
export function writtenMethods({ attributions, tokens }: TraceAbout): Method[] {
  const { encoder, decoder } = tokens;
  return attributions.map(({ method, label, stack, signed, values }) => ({
    id: method,
    label,
    family: "given",
    targetless: true,
    measures: "Values that came with this trace, as they were computed elsewhere.",
    strength: "They are of the model and the run that the attention is of.",
    weakness: "How they were computed isn't known here, so nothing about them could be checked.",
    cost: "0F",
    source: "the trace",
    signed,
    parameters: [],
    async run({ units }) {
      // Tokens of both stacks are in a row: zeros stand for those of the other one.
      const before = stack === "decoder" && encoder ? encoder.ids.length : 0;
      const after = stack === "encoder" && decoder ? decoder.ids.length : 0;
      const all = [...new Array<number>(before).fill(0), ...values, ...new Array<number>(after).fill(0)];
      return { values: summed(units, all) };
    },
  }));
}
