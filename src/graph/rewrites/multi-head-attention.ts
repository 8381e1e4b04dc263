import { floatAttribute, intAttribute } from "../../onnx/attributes";
import type { Node, Value } from "../../onnx/model";
import type { Builder } from "../builder";
import { GraphError } from "../error";
import { attend, fromHeads, toHeads, withPast } from "./attend";
import { paddingBias } from "./padding";
import { present, type Rewrite, refuseOthers, type Surroundings } from "./rewrite";

/** com.microsoft MultiHeadAttention: separate, or packed as [B, S, H, 3, d] or keys with values as [B, T, H, 2, d]. */
export const multiHeadAttention: Rewrite = (b, node, around) => {
  refuseOthers(node, "mask_filter_value num_heads scale unidirectional", 8);
  const heads = intAttribute(node, "num_heads", 0);
  const [query, key, , , padding, bias, pastKey, pastValue] = node.inputs.map((v) => v || undefined);
  const { q, k, v } = projections(b, node, around, heads);
  const keys = withPast(b, pastKey, k);
  const values = withPast(b, pastValue, v);
  const headSize = headSizeOf(b, q, node);
  const fill = floatAttribute(node, "mask_filter_value", -10000);
  const { context, scores } = attend(b, q, keys, values, {
    scale: floatAttribute(node, "scale", 0) || 1 / Math.sqrt(headSize),
    biases: [
      ...(padding ? [paddingBias(b, padding, fill, (key ?? query) as Value, node)] : []),
      ...(bias ? [bias] : []),
    ],
    places: { causal: intAttribute(node, "unidirectional", 0) === 1 },
  });
  b.rename(fromHeads(b, context), node.outputs[0]);
  if (present(node.outputs, 1)) b.rename(keys, node.outputs[1]);
  if (present(node.outputs, 2)) b.rename(values, node.outputs[2]);
  if (present(node.outputs, 3)) b.rename(scores, node.outputs[3]);
  return undefined;
};

function projections(
  b: Builder,
  node: Node,
  { factOf }: Surroundings,
  heads: number,
): { q: Value; k: Value; v: Value } {
  const [query, key, value, bias] = node.inputs.map((x) => x || undefined);
  const rank = (x: Value | undefined) => (x ? factOf(x).dims?.length : undefined);
  if (!query) throw new GraphError("unsupported form", "MultiHeadAttention without a query", node);
  if (rank(query) === 5) {
    if (bias) throw new GraphError("unsupported form", "MultiHeadAttention with packed queries and a bias", node);
    const [q, k, v] = [0, 1, 2].map((i) => unpack(b, query, i)); // [B, S, H, 3, d]
    return { q, k, v };
  }
  const width = factOf(query).dims?.[2];
  const parts = bias ? biasParts(b, bias, width, factOf(bias).dims?.[0], node) : [];
  const biased = (x: Value, i: number) => (parts[i] ? b.add(x, parts[i]) : x);
  const q = toHeads(b, biased(query, 0), heads);
  if (key && rank(key) === 5) return { q, k: unpack(b, key, 0), v: unpack(b, key, 1) }; // [B, T, H, 2, d]
  if (!key || !value) throw new GraphError("unsupported form", "MultiHeadAttention without keys or values", node);
  if (rank(key) === 4) return { q, k: key, v: value };
  return { q, k: toHeads(b, biased(key, 1), heads), v: toHeads(b, biased(value, 2), heads) };
}

const unpack = (b: Builder, x: Value, part: number): Value =>
  b.transpose(b.op("Gather", [x, b.integer(part)], { axis: 3 }), [0, 2, 1, 3]);

function biasParts(
  b: Builder,
  bias: Value,
  width: number | undefined,
  length: number | undefined,
  node: Node,
): readonly Value[] {
  if (width === undefined || length === undefined) throw new GraphError("no shape", "MultiHeadAttention's bias", node);
  return b.split(bias, [width, width, length - 2 * width], 0);
}

function headSizeOf(b: Builder, q: Value, node: Node): number {
  const size = b.dimsOf(q)?.[3];
  if (size === undefined) throw new GraphError("no shape", "MultiHeadAttention's query", node);
  return size;
}
