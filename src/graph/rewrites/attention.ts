import { floatAttribute, intAttribute } from "../../onnx/attributes";
import type { Value } from "../../onnx/model";
import { GraphError } from "../error";
import { attend, fromHeads, repeatHeads, toHeads, withPast } from "./attend";
import { present, type Rewrite, refuseOthers } from "./rewrite";

const known =
  "is_causal kv_num_heads left_window_size q_num_heads qk_matmul_output_mode right_window_size scale softcap softmax_precision";

/** ai.onnx Attention (opset 23 on): queries, keys and values as [B, H, S, d] or [B, S, H·d], grouped by their head counts. */
export const attention: Rewrite = (b, node, { factOf }) => {
  refuseOthers(node, known, 7);
  const [query, key, value, mask, pastKey, pastValue, lengths] = node.inputs.map((v) => v || undefined) as [
    Value,
    Value,
    Value,
    ...(Value | undefined)[],
  ];
  const rank = factOf(query).dims?.length;
  if (rank === undefined) throw new GraphError("no shape", "Attention's query", node);
  if (lengths) throw new GraphError("unsupported form", "Attention with nonpad_kv_seqlen", node);
  const flat = rank === 3;
  const qHeads = flat ? intAttribute(node, "q_num_heads", 0) : factOf(query).dims![1];
  const kvHeads = flat ? intAttribute(node, "kv_num_heads", 0) : factOf(key).dims![1];
  const split = (x: Value, heads: number) => (flat ? toHeads(b, x, heads) : x);
  const q = split(query, qHeads);
  const keys = withPast(b, pastKey, split(key, kvHeads));
  const values = withPast(b, pastValue, split(value, kvHeads));
  const groups = qHeads / kvHeads;
  const size = flat ? factOf(query).dims![2] / qHeads : factOf(query).dims![3];
  const boolean = mask !== undefined && factOf(mask).dtype === "bool";
  const { context, probs, scores } = attend(b, q, repeatHeads(b, keys, groups), repeatHeads(b, values, groups), {
    scale: floatAttribute(node, "scale", 0) || 1 / Math.sqrt(size),
    softcap: floatAttribute(node, "softcap", 0),
    biases: mask !== undefined && !boolean ? [mask] : [],
    allowed: boolean ? [mask] : [],
    places: {
      causal: intAttribute(node, "is_causal", 0) === 1,
      back: intAttribute(node, "left_window_size", -1),
      ahead: intAttribute(node, "right_window_size", -1),
      offset: pastKey ? b.dim(pastKey, 2) : b.integers([0]),
    },
  });
  b.rename(flat ? fromHeads(b, context) : context, node.outputs[0]);
  if (present(node.outputs, 1)) b.rename(keys, node.outputs[1]);
  if (present(node.outputs, 2)) b.rename(values, node.outputs[2]);
  if (present(node.outputs, 3)) {
    if (intAttribute(node, "qk_matmul_output_mode", 0) < 2)
      throw new GraphError("unsupported form", "Attention that returns raw products", node);
    b.rename(intAttribute(node, "qk_matmul_output_mode", 0) === 3 ? probs : scores, node.outputs[3]);
  }
  return undefined;
};
