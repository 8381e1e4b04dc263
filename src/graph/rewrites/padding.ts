import type { Node, Value } from "../../onnx/model";
import type { Builder } from "../builder";
import { GraphError } from "../error";

/**
 * The additive mask [B, 1, S or 1, T] that com.microsoft operators make of an integer mask: `fill` where a key is left
 * out. Takes [B, T] and [B, S, T] of 0 and 1, and [B] lengths; start positions ([2B], [3B + 2]) are refused.
 * `like` is a [B, T, ...] value of the scores' type.
 */
export function paddingBias(b: Builder, mask: Value, fill: number, like: Value, node: Node): Value {
  const dims = b.dimsOf(mask);
  const batch = b.dimsOf(like)?.[0];
  const lengths = dims?.length === 1 && dims[0] === batch;
  if (!lengths && dims?.length !== 2 && dims?.length !== 3) {
    throw new GraphError("unsupported form", `${node.opType} with a mask of shape [${dims ?? "unknown"}]`, node);
  }
  const dtype = b.dtypeOf(like) ?? "float32";
  const kept = lengths
    ? b.op("Less", [b.unsqueeze(b.range(b.dim(like, 1)), [0]), b.unsqueeze(b.cast(mask, "int64"), [1])]) // [B, T]
    : mask;
  const bias = b.mul(b.sub(b.scalar(1, dtype), b.cast(kept, dtype)), b.scalar(fill, dtype));
  return b.unsqueeze(bias, dims?.length === 3 ? [1] : [1, 2]);
}
