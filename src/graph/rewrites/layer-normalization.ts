import { floatAttribute } from "../../onnx/attributes";
import type { Node, Value } from "../../onnx/model";
import type { Builder } from "../builder";
import { GraphError } from "../error";
import { present, type Rewrite } from "./rewrite";

/** com.microsoft SkipLayerNormalization: the sum is the residual stream, its fourth output. */
export const skipLayerNormalization: Rewrite = (b, node) => {
  const [x, skip, scale, shift, bias] = node.inputs;
  refuseStatistics(node);
  const sum = summed(b, x, skip, bias);
  b.rename(b.layerNorm(sum, scale, shift ?? "", floatAttribute(node, "epsilon", 1e-12)), node.outputs[0]);
  if (present(node.outputs, 3)) b.rename(sum, node.outputs[3]);
  return undefined;
};

/** com.microsoft SkipSimplifiedLayerNormalization: the same over a root mean square. */
export const skipSimplifiedLayerNormalization: Rewrite = (b, node) => {
  const [x, skip, scale, bias] = node.inputs;
  refuseStatistics(node);
  const sum = summed(b, x, skip, bias);
  b.rename(b.rmsNorm(sum, scale, floatAttribute(node, "epsilon", 1e-12)), node.outputs[0]);
  if (present(node.outputs, 3)) b.rename(sum, node.outputs[3]);
  return undefined;
};

/** com.microsoft EmbedLayerNormalization: word, position and segment rows, their sum and its norm. */
export const embedLayerNormalization: Rewrite = (b, node) => {
  const [ids, segments, words, places, kinds, scale, shift, mask, positions] = node.inputs.map((v) => v || undefined);
  const row = (table: Value | undefined, index: Value) => b.op("Gather", [table as Value, index], { axis: 0 });
  const counted = () => b.unsqueeze(b.range(b.dim(ids as Value, 1)), [0]); // [1, T]
  let sum = b.add(row(words, ids as Value), row(places, positions ?? counted()));
  if (segments && kinds) sum = b.add(sum, row(kinds, segments));
  b.rename(b.layerNorm(sum, scale as Value, shift ?? "", floatAttribute(node, "epsilon", 1e-12)), node.outputs[0]);
  if (present(node.outputs, 1)) {
    const lengths = mask
      ? b.squeeze(b.reduce("ReduceSum", b.cast(mask, "int64"), [1]), [1])
      : b.op("Expand", [b.integers([0]), b.dim(ids as Value, 0)]);
    b.rename(b.cast(lengths, "int32"), node.outputs[1]); // [B]
  }
  if (present(node.outputs, 2)) b.rename(sum, node.outputs[2]);
  return undefined;
};

const summed = (b: Builder, x: Value, skip: Value, bias: Value | undefined): Value => {
  const sum = b.add(x, skip);
  return bias ? b.add(sum, bias) : sum;
};

function refuseStatistics(node: Node): void {
  if (present(node.outputs, 1) || present(node.outputs, 2)) {
    throw new GraphError("unsupported form", `${node.opType} that returns its mean or deviation`, node);
  }
}
