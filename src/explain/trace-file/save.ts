import { coloursOf, type Seen } from "../../image/seen";
import { toFloat32, toHalf } from "../../tensor/half";
import type { Tensor } from "../../tensor/tensor";
import type { Attribution } from "../attribution";
import type { Trace } from "../trace";
import type { TraceAbout } from "./about";
import { tensorNames, writeTraceFile } from "./open";

/**
 * A pass of a running model as a trace file: attention, queries and keys of every site as half floats, and what methods
 * said of it where they gave one value a token; of an image, the image too, as the model saw it.
 */
export async function savedTrace(
  trace: Trace,
  model: TraceAbout["model"],
  attributions: readonly Attribution[] = [],
  seen?: Seen,
): Promise<Uint8Array> {
  const { encoding, sites } = trace;
  const stack = sites.some(({ kind }) => kind === "decoder") ? "decoder" : "encoder";
  const tensors = new Map<string, Tensor>();
  for (const { index } of sites) {
    tensors.set(tensorNames.attention(index), halved(await trace.attention(index)));
    tensors.set(tensorNames.queries(index), halved(await trace.queries(index)));
    tensors.set(tensorNames.keys(index), halved(await trace.keys(index)));
  }
  const { patches } = encoding;
  const image = seen && patches ? { name: seen.name, original: seen.original, patches } : null;
  if (seen && image) tensors.set(tensorNames.image, coloursOf(seen));
  const about: TraceAbout = {
    model,
    tokens: { [stack]: encoding },
    // Keys are read for each head, those of a group alike.
    sites: sites.map((site) => ({ ...site, kvHeads: site.heads })),
    attributions: attributions
      .filter(({ units }) => units.length === encoding.ids.length)
      .map(({ method, signed, values }) => ({ method, label: method, stack, signed, values })),
    image,
  };
  return writeTraceFile(about, tensors);
}

const halved = (tensor: Tensor): Tensor => ({
  dtype: "float16",
  dims: tensor.dims,
  data: toHalf(toFloat32(tensor)),
});
