import { string } from "../../onnx/attributes";
import type { Value } from "../../onnx/model";
import type { Builder } from "../builder";
import { repeatHeads } from "../rewrites/attend";
import type { Options, Parts } from "./transformer";

/** One way to write the same attention, softmax(q kᵀ / √d + bias) v. */
export interface Layout extends Pick<Options, "attention" | "heads" | "kvHeads" | "opset" | "size"> {
  readonly name: string;
  /** Which key head a query head reads: h / group, or h modulo the number of key heads. */
  readonly kv?: "repeated" | "tiled";
  /** The error that refuses it; what isn't refused must be read right. */
  readonly refused?: RegExp;
}

const scaled = (b: Builder, x: Value, { size }: Parts): Value => b.mul(x, b.scalar(1 / Math.sqrt(size), x));
const [first, second] = [0, 1] as const;

/** [B, T, H·d] -> [B, H, T, d] */
const heads = (b: Builder, x: Value, n: number): Value => b.transpose(b.reshape(x, [0, 0, n, -1]), [0, 2, 1, 3]);
const merged = (b: Builder, x: Value): Value => b.reshape(b.transpose(x, [0, 2, 1, 3]), [0, 0, -1]);
const keysLast = (b: Builder, k: Value): Value => b.transpose(k, [0, 1, 3, 2]);
const einsum = (b: Builder, equation: string, ...inputs: Value[]): Value =>
  b.op("Einsum", inputs, { equation: string(equation) });

/** What stands between the scores [B, H, T, T] and the probabilities, between split heads. */
const plain =
  (attend: (b: Builder, scores: Value, parts: Parts) => Value): Options["attention"] =>
  (b, parts) => {
    const { heads: n, kvHeads } = parts;
    const [k, v] = [parts.k, parts.v].map((x) => repeatHeads(b, heads(b, x, kvHeads), n / kvHeads));
    const scores = scaled(b, b.matmul(heads(b, parts.q, n), keysLast(b, k)), parts);
    return merged(b, b.matmul(attend(b, scores, parts), v));
  };
const softmax = (b: Builder, scores: Value, { bias }: Parts): Value => b.softmax(b.add(scores, bias));

/** [B, T, H·d] -> [B·H, T, d], with the batch or the heads outermost. */
function folded(b: Builder, x: Value, n: number, outer: "batch" | "head"): Value {
  const length = b.dim(x, 1);
  const parted = b.transpose(b.reshape(x, [0, 0, n, -1]), outer === "batch" ? [0, 2, 1, 3] : [2, 0, 1, 3]);
  return b.reshapeTo(parted, [-1, length, b.dim(parted, 3)]);
}

const inFolds =
  (outer: "batch" | "head"): Options["attention"] =>
  (b, parts) => {
    const { q, k, v, heads: n, bias } = parts;
    const [fq, fk, fv] = [q, k, v].map((x) => folded(b, x, n, outer));
    const [batch, length] = [b.dim(q, 0), b.dim(q, 1)];
    const scores = scaled(b, b.matmul(fq, b.transpose(fk, [0, 2, 1])), parts);
    const apart = b.reshapeTo(scores, outer === "batch" ? [batch, n, length, length] : [n, batch, length, length]);
    const seen = outer === "batch" ? bias : b.squeeze(b.unsqueeze(bias, [0]), [2]);
    const probs = b.softmax(b.reshapeTo(b.add(apart, seen), [-1, length, length]));
    const context = b.matmul(probs, fv);
    const back = b.reshapeTo(context, outer === "batch" ? [batch, n, length, -1] : [n, batch, length, -1]);
    return b.reshape(b.transpose(back, outer === "batch" ? [0, 2, 1, 3] : [1, 2, 0, 3]), [0, 0, -1]);
  };

/** [T, B, D] throughout, as nn.MultiheadAttention computes: [B·H, T, d] by views. */
const sequenceFirst: Options["attention"] = (b, parts) => {
  const { heads: n, bias } = parts;
  const [batch, length] = [b.dim(parts.q, 0), b.dim(parts.q, 1)];
  const rows = b.mul(batch, b.integers([n]));
  const [q, k, v] = [parts.q, parts.k, parts.v].map((x) =>
    b.transpose(b.reshapeTo(b.transpose(x, [1, 0, 2]), [length, rows, -1]), [1, 0, 2]),
  );
  const mask = b.reshapeTo(b.op("Expand", [bias, b.concat([batch, b.integers([n]), length, length], 0)]), [
    rows,
    length,
    length,
  ]);
  const probs = b.softmax(b.add(scaled(b, b.matmul(q, b.transpose(k, [0, 2, 1])), parts), mask));
  const context = b.transpose(b.matmul(probs, v), [1, 0, 2]); // [T, B·H, d]
  return b.transpose(b.reshapeTo(context, [length, batch, -1]), [1, 0, 2]);
};

/** Multi-query attention with all heads' queries as rows: [B, T·H, T], or [B, H·T, T]. */
const queriesAsRows =
  (outer: "token" | "head"): Options["attention"] =>
  (b, parts) => {
    const { q, k, v, heads: n, bias } = parts;
    const [batch, length] = [b.dim(q, 0), b.dim(q, 1)];
    const rows = outer === "token" ? b.reshape(q, [0, 0, n, -1]) : heads(b, q, n);
    const scores = b.matmul(b.reshapeTo(rows, [batch, -1, b.dim(k, 2)]), b.transpose(k, [0, 2, 1]));
    const apart = b.reshapeTo(
      scaled(b, scores, parts),
      outer === "token" ? [batch, length, n, length] : [batch, n, length, length],
    );
    const seen = outer === "token" ? b.transpose(bias, [0, 2, 1, 3]) : bias;
    const probs = b.softmax(b.add(apart, seen));
    const context = b.matmul(b.reshapeTo(probs, [batch, -1, length]), v);
    const parted = b.reshapeTo(context, outer === "token" ? [batch, length, n, -1] : [batch, n, length, -1]);
    return outer === "token" ? b.reshape(parted, [0, 0, -1]) : merged(b, parted);
  };

/** Five dimensions: groups and the heads of each, or the other way round. */
const grouped =
  (kv: "repeated" | "tiled"): Options["attention"] =>
  (b, parts) => {
    const { heads: n, kvHeads: g, bias } = parts;
    const r = n / g;
    const split = (x: Value, dims: readonly number[]) =>
      b.transpose(b.reshape(x, [0, 0, ...dims, -1]), [0, 2, 3, 1, 4]);
    const q = split(parts.q, kv === "repeated" ? [g, r] : [r, g]);
    const [k, v] = [parts.k, parts.v].map((x) => split(x, kv === "repeated" ? [g, 1] : [1, g]));
    const scores = scaled(b, b.matmul(q, b.transpose(k, [0, 1, 2, 4, 3])), parts);
    const probs = b.softmax(b.add(scores, b.unsqueeze(bias, [1])));
    return b.reshape(b.transpose(b.matmul(probs, v), [0, 3, 1, 2, 4]), [0, 0, -1]);
  };

const ofLength = (b: Builder, x: Value, axis: number): Value => b.dim(x, axis);

/** Heads before the batch: told from the batch before heads only by running two rows. */
export const headsBeforeBatch: Layout = { name: "[H·B, T, T]", attention: inFolds("head") };

export const layouts: readonly Layout[] = [
  { name: "[B, H, T, T]", attention: plain(softmax) },
  { name: "[B, H, T, T] of more heads than dimensions", heads: 6, size: 2, attention: plain(softmax) },
  { name: "one head without an axis", heads: 1, attention: (b, parts) => b.matmul(softmaxOfThree(b, parts), parts.v) },
  { name: "as many heads as the tokens that shapes are told apart by", heads: 23, size: 2, attention: plain(softmax) },
  { name: "heads of as many dimensions as those tokens", heads: 2, size: 23, attention: plain(softmax) },
  { name: "[B·H, T, T]", attention: inFolds("batch") },
  { name: "tokens first", attention: sequenceFirst },
  { name: "[B, T·H, T]", heads: 3, kvHeads: 1, attention: queriesAsRows("token") },
  { name: "[B, H·T, T]", heads: 3, kvHeads: 1, attention: queriesAsRows("head") },
  { name: "groups by repeated heads", heads: 4, kvHeads: 2, attention: plain(softmax) },
  { name: "[B, G, H/G, T, T]", heads: 6, kvHeads: 2, attention: grouped("repeated") },
  { name: "[B, H/G, G, T, T]", heads: 6, kvHeads: 2, kv: "tiled", attention: grouped("tiled") },
  {
    name: "one key head, broadcast",
    heads: 3,
    kvHeads: 1,
    attention: (b, parts) => {
      const [k, v] = [parts.k, parts.v].map((x) => heads(b, x, 1));
      const scores = scaled(b, b.matmul(heads(b, parts.q, parts.heads), keysLast(b, k)), parts);
      return merged(b, b.matmul(softmax(b, scores, parts), v));
    },
  },
  {
    name: "keys first, softmax over the axis before the last",
    attention: (b, parts) => {
      const [q, k, v] = [parts.q, parts.k, parts.v].map((x) => heads(b, x, parts.heads));
      const scores = b.add(scaled(b, b.matmul(k, keysLast(b, q)), parts), keysLast(b, parts.bias));
      const probs = b.op("Softmax", [scores], { axis: -2 });
      return merged(b, b.matmul(keysLast(b, probs), v));
    },
  },
  {
    name: "keys first, transposed before the softmax",
    attention: (b, parts) => {
      const [q, k, v] = [parts.q, parts.k, parts.v].map((x) => heads(b, x, parts.heads));
      const scores = keysLast(b, scaled(b, b.matmul(k, keysLast(b, q)), parts));
      return merged(b, b.matmul(softmax(b, scores, parts), v));
    },
  },
  {
    name: "keys first in folds, transposed after they were taken apart",
    attention: (b, parts) => {
      const { heads: n } = parts;
      const [q, k, v] = [parts.q, parts.k, parts.v].map((x) => folded(b, x, n, "batch"));
      const [batch, length] = [b.dim(parts.q, 0), b.dim(parts.q, 1)];
      const product = scaled(b, b.matmul(k, b.transpose(q, [0, 2, 1])), parts);
      const scores = keysLast(b, b.reshapeTo(product, [batch, n, length, length]));
      const probs = b.reshapeTo(softmax(b, scores, parts), [-1, length, length]);
      return merged(b, b.reshapeTo(b.matmul(probs, v), [batch, n, length, -1]));
    },
  },
  {
    name: "values first: channels before tokens",
    attention: (b, parts) => {
      const [q, k, v] = [parts.q, parts.k, parts.v].map((x) =>
        b.transpose(b.reshape(x, [0, 0, parts.heads, -1]), [0, 2, 3, 1]),
      );
      const probs = softmax(b, scaled(b, b.matmul(keysLast(b, q), k), parts), parts);
      return b.reshape(b.transpose(b.matmul(v, keysLast(b, probs)), [0, 3, 1, 2]), [0, 0, -1]);
    },
  },
  {
    name: "Einsum",
    attention: (b, parts) => {
      const [q, k, v] = [parts.q, parts.k, parts.v].map((x) => b.reshape(x, [0, 0, parts.heads, -1]));
      const probs = softmax(b, scaled(b, einsum(b, "bqhd,bkhd->bhqk", q, k), parts), parts);
      return b.reshape(einsum(b, "bhqk,bkhd->bqhd", probs, v), [0, 0, -1]);
    },
  },
  {
    name: "Einsum, [B, T, H, T]",
    attention: (b, parts) => {
      const [q, k, v] = [parts.q, parts.k, parts.v].map((x) => b.reshape(x, [0, 0, parts.heads, -1]));
      const scores = b.add(scaled(b, einsum(b, "bqhd,bkhd->bqhk", q, k), parts), b.transpose(parts.bias, [0, 2, 1, 3]));
      return b.reshape(einsum(b, "bqhk,bkhd->bqhd", b.softmax(scores), v), [0, 0, -1]);
    },
  },
  {
    name: "Einsum, [B, T, H, T] of as many heads as those tokens",
    heads: 23,
    size: 2,
    attention: (b, parts) => {
      const [q, k, v] = [parts.q, parts.k, parts.v].map((x) => b.reshape(x, [0, 0, parts.heads, -1]));
      const scores = b.add(scaled(b, einsum(b, "bqhd,bkhd->bqhk", q, k), parts), b.transpose(parts.bias, [0, 2, 1, 3]));
      return b.reshape(einsum(b, "bqhk,bkhd->bqhd", b.softmax(scores), v), [0, 0, -1]);
    },
  },
  {
    name: "a mask by Where, scores divided",
    attention: plain((b, scores, { bias }) =>
      b.softmax(b.where(b.op("Less", [bias, b.scalar(-1, bias)]), b.scalar(-10000, bias), scores)),
    ),
  },
  {
    name: "guarded against NaN",
    attention: plain((b, scores, parts) => {
      const probs = softmax(b, scores, parts);
      return b.where(b.op("IsNaN", [probs]), b.scalar(0, probs), probs);
    }),
  },
  {
    name: "remains of dropout",
    attention: plain((b, scores, parts) => b.op("Dropout", [softmax(b, scores, parts)])),
  },
  {
    name: "heads mixed after the softmax",
    attention: plain((b, scores, parts) => {
      const mix = b.constant({ dtype: "float32", dims: [2, 2], data: Float32Array.of(1, 0.5, 0.25, 1) });
      return b.transpose(b.matmul(b.transpose(softmax(b, scores, parts), [0, 2, 3, 1]), mix), [0, 3, 1, 2]);
    }),
    refused: /^(no attention|unclear layout): /,
  },
  {
    name: "two products summed before the softmax",
    attention: (b, parts) => {
      const [q, k, v] = [parts.q, parts.k, parts.v].map((x) => heads(b, x, parts.heads));
      const scores = b.add(b.matmul(q, keysLast(b, k)), b.matmul(q, keysLast(b, v)));
      return merged(b, b.matmul(softmax(b, scores, parts), v));
    },
    refused: /^(no attention|unclear layout): .*2 products/,
  },
  {
    name: "probabilities that two products read",
    attention: (b, parts) => {
      const [q, k, v] = [parts.q, parts.k, parts.v].map((x) => heads(b, x, parts.heads));
      const probs = softmax(b, b.matmul(q, keysLast(b, k)), parts);
      return merged(b, b.add(b.matmul(probs, v), b.matmul(probs, k)));
    },
    refused: /^(no attention|unclear layout): .*2 products/,
  },
  {
    name: "probabilities that change after their axes moved",
    attention: (b, parts) => {
      const { heads: n } = parts;
      const [q, k, v] = [parts.q, parts.k, parts.v].map((x) => heads(b, x, n));
      const probs = b.softmax(b.add(scaled(b, b.matmul(q, keysLast(b, k)), parts), parts.bias));
      const length = ofLength(b, parts.q, 1);
      const flat = b.reshapeTo(probs, [-1, length, length]);
      const halved = b.mul(flat, b.scalar(0.5, flat));
      return merged(b, b.matmul(b.reshapeTo(halved, [-1, n, length, length]), v));
    },
    refused: /^unclear layout: probabilities change after their axes moved/,
  },
  {
    name: "windows of two tokens",
    attention: (b, parts) => {
      // As many whole windows as there are; the rest of the text reads nothing.
      const { heads: n } = parts;
      const length = ofLength(b, parts.q, 1);
      const padded = (x: Value) => b.concat([x, b.slice(x, 1, 0, b.op("Mod", [length, b.integers([2])]))], 1);
      const [q, k, v] = [parts.q, parts.k, parts.v].map((x) =>
        heads(b, b.reshapeTo(padded(x), [-1, b.integers([2]), b.dim(x, 2)]), n),
      );
      const context = merged(b, b.matmul(b.softmax(scaled(b, b.matmul(q, keysLast(b, k)), parts)), v));
      const rows = b.reshapeTo(context, [b.dim(parts.q, 0), -1, b.dim(parts.q, 2)]);
      return b.slice(rows, 1, first, length, second);
    },
    refused: /^unclear layout: /,
  },
  {
    name: "keys pooled by two",
    attention: (b, parts) => {
      const q = heads(b, parts.q, parts.heads);
      const [k, v] = [parts.k, parts.v].map((x) => heads(b, b.slice(x, 1, 0, Number.MAX_SAFE_INTEGER, 2), parts.heads));
      return merged(b, b.matmul(b.softmax(scaled(b, b.matmul(q, keysLast(b, k)), parts)), v));
    },
    refused: /^unclear layout: /,
  },
  {
    name: "learned keys beside the tokens'",
    attention: (b, parts) => {
      const q = heads(b, parts.q, parts.heads);
      const [k, v] = [parts.k, parts.v].map((x) => heads(b, b.concat([x, b.slice(x, 1, 0, 1)], 1), parts.heads));
      return merged(b, b.matmul(b.softmax(scaled(b, b.matmul(q, keysLast(b, k)), parts)), v));
    },
    refused: /^unclear layout: /,
  },
];

/** [B, T, T] of one head. */
function softmaxOfThree(b: Builder, parts: Parts): Value {
  const scores = scaled(b, b.matmul(parts.q, b.transpose(parts.k, [0, 2, 1])), parts);
  return b.softmax(b.add(scores, b.squeeze(parts.bias, [1])));
}
