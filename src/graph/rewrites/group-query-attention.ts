import { floatAttribute, intAttribute } from "../../onnx/attributes";
import type { Value } from "../../onnx/model";
import type { Builder } from "../builder";
import { GraphError } from "../error";
import { attend, fromHeads, repeatHeads, toHeads, withPast } from "./attend";
import { present, type Rewrite, refuseOthers } from "./rewrite";
import { type Rotation, rotate } from "./rotary";

const known =
  "causal do_rotary k_norm_epsilon k_quant_type kv_cache_bit_width kv_num_heads local_window_size num_heads q_norm_epsilon qk_norm_epsilon qk_output rotary_interleaved scale sliding_window_cache smooth_softmax softcap v_quant_type";

/**
 * com.microsoft GroupQueryAttention: causal, with grouped keys and values, an optional rotation, soft cap, window and sinks.
 * The sequence lengths (input 5) only matter for padding on the right, which no earlier query sees.
 */
export const groupQueryAttention: Rewrite = (b, node, { factOf }) => {
  const input = (i: number): Value | undefined => node.inputs[i] || undefined;
  const heads = intAttribute(node, "num_heads", 0);
  const kvHeads = intAttribute(node, "kv_num_heads", 0) || heads;
  if (input(12) || input(13))
    throw new GraphError("unsupported form", "GroupQueryAttention with a quantised cache", node);
  refuseOthers(node, known, 12);
  if (intAttribute(node, "causal", 1) !== 1)
    throw new GraphError("unsupported form", "GroupQueryAttention that isn't causal", node);
  const width = factOf(node.inputs[0]).dims?.[2];
  if (width === undefined) throw new GraphError("no shape", "GroupQueryAttention's query", node);
  const packed = !input(1);
  const size = packed ? width / (heads + 2 * kvHeads) : width / heads;
  const parts = packed
    ? b.split(
        node.inputs[0],
        [heads, kvHeads, kvHeads].map((h) => h * size),
        2,
      )
    : node.inputs.slice(0, 3);
  let [q, k] = [toHeads(b, parts[0], heads), toHeads(b, parts[1], kvHeads)];
  if (intAttribute(node, "do_rotary", 0)) {
    const past = input(3);
    const rotation = rotationOf(
      b,
      q,
      past,
      node.inputs,
      intAttribute(node, "rotary_interleaved", 0) === 1,
      size,
      factOf(node.inputs[7]).dims,
    );
    [q, k] = [rotate(b, q, rotation), rotate(b, k, rotation)];
  }
  const keys = withPast(b, input(3), k);
  const values = withPast(b, input(4), toHeads(b, parts[2], kvHeads));
  const smooth = intAttribute(node, "smooth_softmax", 0) === 1;
  const { context, probs, scores } = attend(
    b,
    q,
    repeatHeads(b, keys, heads / kvHeads),
    repeatHeads(b, values, heads / kvHeads),
    {
      scale: floatAttribute(node, "scale", 0) || 1 / Math.sqrt(size),
      softcap: floatAttribute(node, "softcap", 0),
      biases: input(10) ? [node.inputs[10]] : [],
      // The window counts the query's own place.
      places: { causal: true, back: intAttribute(node, "local_window_size", -1) - 1 },
      ...(input(11) || smooth
        ? { sink: input(11) ? b.reshape(node.inputs[11], [1, -1, 1, 1]) : b.reshape(b.scalar(0, q), [1, 1, 1, 1]) }
        : {}),
    },
  );
  b.rename(fromHeads(b, context), node.outputs[0]);
  if (present(node.outputs, 1)) b.rename(keys, node.outputs[1]);
  if (present(node.outputs, 2)) b.rename(values, node.outputs[2]);
  if (present(node.outputs, 3)) b.rename(intAttribute(node, "qk_output", 0) === 2 ? probs : scores, node.outputs[3]);
  return undefined;
};

function rotationOf(
  b: Builder,
  q: Value,
  past: Value | undefined,
  inputs: readonly Value[],
  interleaved: boolean,
  size: number,
  cache: readonly number[] | null,
): Rotation {
  const given = inputs[9] || undefined;
  const offset = past && b.dim(past, 2);
  const counted = () => {
    const range = b.range(b.dim(q, 2));
    return offset ? b.add(range, offset) : range;
  };
  const turning = cache ? cache[1] * 2 : size;
  return {
    cos: inputs[7],
    sin: inputs[8],
    positions: given ?? counted(),
    batched: given !== undefined,
    interleaved,
    width: turning === size ? 0 : turning,
  };
}
