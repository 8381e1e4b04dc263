import { floatAttribute, intAttribute, intsAttribute } from "../../onnx/attributes";
import { GraphError } from "../error";
import { attend, fromHeads, toHeads } from "./attend";
import { paddingBias } from "./padding";
import { present, type Rewrite, refuseOthers } from "./rewrite";

const known =
  "do_rotary mask_filter_value num_heads past_present_share_buffer qkv_hidden_sizes rotary_embedding_dim scale unidirectional";

/** com.microsoft Attention: projects its input to queries, keys and values by one weight, and attends. */
export const msAttention: Rewrite = (b, node, { factOf }) => {
  refuseOthers(node, known, 7);
  const [input, weights, bias, mask, past, positionBias] = node.inputs.map((v) => v || undefined);
  if (!input || !weights) throw new GraphError("unsupported form", "Attention without weights", node);
  if (intAttribute(node, "do_rotary", 0)) throw new GraphError("unsupported form", "Attention with do_rotary", node);
  if (past && intAttribute(node, "past_present_share_buffer", 0))
    throw new GraphError("unsupported form", "Attention with a cache longer than what it holds", node);
  const heads = intAttribute(node, "num_heads", 0);
  const total = factOf(weights).dims?.[1];
  if (total === undefined) throw new GraphError("no shape", "Attention's weights", node);
  const sizes = intsAttribute(node, "qkv_hidden_sizes", [total / 3, total / 3, total / 3]);
  const product = b.matmul(input, weights);
  const [q, k0, v0] = b.split(bias ? b.add(product, bias) : product, sizes, 2).map((part) => toHeads(b, part, heads));
  const cached = (i: number) => b.squeeze(b.slice(past as string, 0, i, i + 1), [0]); // past: [2, B, H, P, d]
  const [k, v] = past ? [b.concat([cached(0), k0], 2), b.concat([cached(1), v0], 2)] : [k0, v0];
  const fill = floatAttribute(node, "mask_filter_value", -10000);
  const { context } = attend(b, q, k, v, {
    scale: floatAttribute(node, "scale", 0) || 1 / Math.sqrt(sizes[0] / heads),
    biases: [...(mask ? [paddingBias(b, mask, fill, input, node)] : []), ...(positionBias ? [positionBias] : [])],
    places: { causal: intAttribute(node, "unidirectional", 0) === 1 },
  });
  b.rename(fromHeads(b, context), node.outputs[0]);
  if (present(node.outputs, 1)) b.rename(b.concat([b.unsqueeze(k, [0]), b.unsqueeze(v, [0])], 0), node.outputs[1]);
  return undefined;
};
