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

interface Embedded {
  readonly ids: Value;
  readonly words: Value;
  readonly places: Value;
  readonly kinds: Value | undefined;
  readonly mask: Value | undefined;
  readonly scale: Value;
  readonly shift: Value;
}

/** Output 0 is the norm, 1 the lengths [B], 2 the sum. */
function embedded(b: Builder, node: Node, { ids, words, places, kinds, mask, scale, shift }: Embedded): void {
  const pair = b.add(words, places);
  const sum = kinds ? b.add(pair, kinds) : pair;
  b.rename(b.layerNorm(sum, scale, shift, floatAttribute(node, "epsilon", 1e-12)), node.outputs[0]);
  if (present(node.outputs, 1)) {
    const lengths = mask
      ? b.squeeze(b.reduce("ReduceSum", b.cast(mask, "int64"), [1]), [1])
      : b.op("Expand", [b.integers([0]), b.dim(ids, 0)]);
    b.rename(b.cast(lengths, "int32"), node.outputs[1]);
  }
  if (present(node.outputs, 2)) b.rename(sum, node.outputs[2]);
}

/** 0, 1, .. T-1 as [1, T] */
const counted = (b: Builder, ids: Value): Value => b.unsqueeze(b.range(b.dim(ids, 1)), [0]);

/** com.microsoft EmbedLayerNormalization: word, position and segment rows, their sum and its norm. */
export const embedLayerNormalization: Rewrite = (b, node) => {
  const [ids, segments, words, places, kinds, scale, shift, mask, positions] = node.inputs;
  const row = (table: Value, index: Value) => b.op("Gather", [table, index], { axis: 0 });
  embedded(b, node, {
    ids,
    words: row(words, ids),
    places: row(places, positions || counted(b, ids)),
    kinds: segments && kinds ? row(kinds, segments) : undefined,
    mask: mask || undefined,
    scale,
    shift,
  });
  return undefined;
};

/** com.microsoft QEmbedLayerNormalization: the same from 8-bit tables, of which only the rows that are read are dequantised. */
export const qEmbedLayerNormalization: Rewrite = (b, node) => {
  const [ids, segments, words, places, kinds, scale, shift, mask] = node.inputs;
  // Scales stand at 8 to 12 and zero points at 13 to 17, in the order of the tables.
  const real = (x: Value, table: number) =>
    b.op("DequantizeLinear", [x, node.inputs[8 + table], node.inputs[13 + table]]);
  const row = (values: Value, index: Value, table: number) => real(b.op("Gather", [values, index], { axis: 0 }), table);
  embedded(b, node, {
    ids,
    words: row(words, ids, 0),
    places: row(places, counted(b, ids), 1),
    kinds: segments && kinds ? row(kinds, segments, 2) : undefined,
    mask: mask || undefined,
    scale: real(scale, 3),
    shift: real(shift, 4),
  });
  return undefined;
};

const summed = (b: Builder, x: Value, skip: Value, bias: Value | undefined): Value => {
  // The bias is that of the layer which gives `x`, and `skip` the stream.
  return b.add(bias ? b.add(x, bias) : x, skip);
};

function refuseStatistics(node: Node): void {
  if (present(node.outputs, 1) || present(node.outputs, 2)) {
    throw new GraphError("unsupported form", `${node.opType} that returns its mean or deviation`, node);
  }
}
