import { floatAttribute, intAttribute } from "../../onnx/attributes";
import type { Node, Value } from "../../onnx/model";
import type { Builder } from "../builder";
import { GraphError } from "../error";
import { fromHeads, toHeads } from "./attend";
import { type Rewrite, refuseOthers } from "./rewrite";
import { rotate } from "./rotary";

/** Turns [B, H, S, d], or [B, S, H·d] of a known number of heads. */
function turned(b: Builder, node: Node, x: Value, cos: Value, sin: Value, positions: Value | undefined): void {
  const dims = b.dimsOf(x);
  const flat = dims?.length === 3;
  const width = intAttribute(node, "rotary_embedding_dim", 0);
  const cache = b.dimsOf(cos);
  const heads = intAttribute(node, "num_heads", 0) || (flat && cache ? dims[2] / (cache[cache.length - 1] * 2) : 0);
  if (!dims || (flat && !heads)) throw new GraphError("no shape", "RotaryEmbedding's input", node);
  const inHeads = flat ? toHeads(b, x, heads) : x;
  const batched = positions === undefined || b.dimsOf(positions)?.length === 2;
  const out = rotate(b, inHeads, {
    cos,
    sin,
    batched,
    width,
    interleaved: intAttribute(node, "interleaved", 0) === 1,
    ...(positions ? { positions } : {}),
  });
  b.rename(flat ? fromHeads(b, out) : out, node.outputs[0]);
}

/** ai.onnx RotaryEmbedding (opset 23): X, cos, sin, positions. */
export const rotaryEmbedding: Rewrite = (b, node) => {
  refuseOthers(node, "interleaved num_heads rotary_embedding_dim", 4);
  const [x, cos, sin, positions] = node.inputs;
  turned(b, node, x, cos, sin, positions || undefined);
  return undefined;
};

/** com.microsoft RotaryEmbedding: X, positions ([B, S], or [1] for an offset), cos, sin. */
export const msRotaryEmbedding: Rewrite = (b, node) => {
  const [x, positions, cos, sin] = node.inputs;
  refuseOthers(node, "interleaved is_packed_batching num_heads rotary_embedding_dim scale", 4);
  if (intAttribute(node, "is_packed_batching", 0))
    throw new GraphError("unsupported form", "RotaryEmbedding of packed rows", node);
  if (floatAttribute(node, "scale", 1) !== 1)
    throw new GraphError("unsupported form", "RotaryEmbedding with a scale", node);
  const length = b.dimsOf(x)?.length === 3 ? 1 : 2;
  const places = b.dimsOf(positions)?.length === 1 ? b.add(b.range(b.dim(x, length)), positions) : positions;
  turned(b, node, x, cos, sin, places);
  return undefined;
};
