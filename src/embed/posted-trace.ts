import { tensorNames } from "../explain/trace-file/open";
import { coloursOf } from "../image/seen";
import type { Tensor } from "../tensor/tensor";
import type { ModelSource } from "../worker/protocol";
import type { Elements, Trace } from "./messages";

/** A posted trace as a source that is opened in a model's place. What doesn't fit is told when it is opened. */
export function sourceOfTrace({
  name = "posted attention",
  tokens,
  attention,
  attributions,
  secondFrom,
  image,
}: Trace): ModelSource {
  const tensors = new Map<string, Tensor>();
  const sites = attention.map(({ kind, layer, dims, data, queries, keys }, site) => {
    tensors.set(tensorNames.attention(site), tensorOf(dims, data));
    if (queries) tensors.set(tensorNames.queries(site), tensorOf(queries.dims, queries.data));
    if (keys) tensors.set(tensorNames.keys(site), tensorOf(keys.dims, keys.data));
    return { layer, kind: kind ?? "encoder", heads: dims[0], ...(keys && { kvHeads: keys.dims[0] }) };
  });
  const single = sites[0]?.kind === "decoder" ? "decoder" : "encoder";
  const stacks: Partial<Record<"encoder" | "decoder", readonly string[]>> = Array.isArray(tokens)
    ? { [single]: tokens as readonly string[] }
    : (tokens as Partial<Record<"encoder" | "decoder", readonly string[]>>);
  const segments = (list: readonly string[]) =>
    secondFrom === undefined ? {} : { segments: list.map((_, i) => (i < secondFrom ? 0 : 1)) };
  const about = {
    model: { name },
    tokens: Object.fromEntries(
      Object.entries(stacks).map(([stack, list]) => [stack, { tokens: list, ...segments(list) }]),
    ),
    sites,
    attributions: (attributions ?? []).map((each) => ({ ...each, stack: single })),
    ...(image && { image: describedImage(image) }),
  };
  if (image) tensors.set(tensorNames.image, pixelsOf(image));
  return { kind: "trace", name, from: { about, tensors } };
}

type Image = NonNullable<Trace["image"]>;

function describedImage({ dims: [height, width], data: _, ...patches }: Image) {
  return { height, width, ...patches };
}

/** uint8 [height, width, 3] */
function pixelsOf({ dims, data }: Image): Tensor {
  const [height = 0, width = 0, channels] = dims;
  if (channels === 4) return coloursOf({ height, width, pixels: data });
  return { dtype: "uint8", dims, data: new Uint8Array(data.buffer, data.byteOffset, data.length) };
}

const tensorOf = (dims: readonly number[], data: Elements): Tensor => ({
  dtype: data instanceof Float32Array ? "float32" : data instanceof Uint16Array ? "float16" : "uint8",
  dims,
  data,
});
