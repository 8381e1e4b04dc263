import { GraphError } from "../graph/error";
import { intAttribute } from "../onnx/attributes";
import type { Node, Value } from "../onnx/model";
import { float32 } from "../tensor/tensor";
import type { GradientContext } from "./gradient";

/**
 * Integers less their zero point, as float32. `DequantizeLinear` by one: runtimes compute it when it's run, where they
 * would keep the result of any other operator on a constant beside the constant.
 */
export function dequantised(c: GradientContext, x: Value, zero: Value | undefined, axis: number): Value {
  const { b } = c;
  if (!zero) return b.op("DequantizeLinear", [x, b.scalar(1, "float32")]);
  const dims = c.dims(zero);
  if (dims.length === 0) return b.op("DequantizeLinear", [x, b.scalar(1, "float32"), zero]);
  if (dims.length === 1 && dims[0] === 1)
    return b.op("DequantizeLinear", [x, b.scalar(1, "float32"), b.squeeze(zero, [0])]);
  const whole = b.op("DequantizeLinear", [x, b.scalar(1, "float32")]);
  const rank = c.dims(x).length;
  const places = b.cast(zero, "float32");
  return b.sub(
    whole,
    dims.length > 1
      ? places
      : b.reshape(
          places,
          Array.from({ length: rank - axis }, (_, i) => (i === 0 ? -1 : 1)),
        ),
  );
}

/** The scale of a (de)quantising node in a shape that broadcasts to its data. */
export function scaleAlong(c: GradientContext, node: Node, scale: Value): Value {
  const { b } = c;
  const [dims, rank] = [c.dims(scale), c.dims(node.inputs[0]).length];
  if (intAttribute(node, "block_size", 0))
    throw new GraphError("no gradient", `${node.opType} of activations in blocks`, node);
  if (dims.length === 0 || dims[0] === 1) return dims.length === 0 ? scale : b.squeeze(scale, [0]);
  const given = intAttribute(node, "axis", 1);
  const axis = given < 0 ? given + rank : given;
  return b.reshape(
    scale,
    Array.from({ length: rank - axis }, (_, i) => (i === 0 ? -1 : 1)),
  );
}

/** Numbers of 8 / `per` bits from bytes [.., n], the lowest bits first, as float32 [.., n, per]. */
function digits(c: GradientContext, bytes: Value, per: number): Value {
  const { b } = c;
  const base = b.scalar(2 ** (8 / per), "float32");
  let rest = b.op("DequantizeLinear", [bytes, b.scalar(1, "float32")]);
  const found: Value[] = [];
  const rank = c.dims(bytes).length;
  for (let i = 0; i < per; i++) {
    const higher = i === per - 1 ? null : b.op("Floor", [b.div(rest, base)]);
    found.push(b.unsqueeze(higher ? b.sub(rest, b.mul(higher, base)) : rest, [rank]));
    rest = higher ?? rest;
  }
  return b.concat(found, rank);
}

/** The weight [N, K] of a MatMulNBits: (q - zero point) · scale by blocks along K. */
export function unpackedBlocks(c: GradientContext, node: Node): Value {
  const { b } = c;
  const [, packed, scales, zeros] = node.inputs;
  const [columns, rows] = [intAttribute(node, "N", 0), intAttribute(node, "K", 0)];
  const [bits, size] = [intAttribute(node, "bits", 4), intAttribute(node, "block_size", 32)];
  const blocks = Math.ceil(rows / size);
  const numbers = b.reshape(digits(c, packed, 8 / bits), [columns, blocks, size]);
  const zero = (): Value => {
    if (!zeros) return b.scalar(2 ** (bits - 1), "float32");
    if (b.dtypeOf(zeros) !== "uint8") return b.reshape(zeros, [columns, blocks, 1]);
    const packedZeros = b.reshape(zeros, [columns, Math.ceil((blocks * bits) / 8)]);
    const all = b.reshape(digits(c, packedZeros, 8 / bits), [columns, -1]);
    return b.unsqueeze(b.slice(all, 1, 0, blocks), [2]);
  };
  const scaled = b.mul(b.sub(numbers, zero()), b.reshape(scales, [columns, blocks, 1]));
  const whole = b.reshape(scaled, [columns, blocks * size]);
  return blocks * size === rows ? whole : b.slice(whole, 1, 0, rows);
}

/** What bitsandbytes' 4-bit numbers stand for, by quant_type. */
const tables: readonly (readonly number[])[] = [
  [0, 0.0052083333, 0.6666667, 1, 0.33333333, 0.5, 0.16666667, 0.25]
    .flatMap((v) => [v])
    .concat([0, -0.0052083333, -0.6666667, -1, -0.33333333, -0.5, -0.16666667, -0.25]),
  [
    -1, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635, -0.18477343022823334,
    -0.09105003625154495, 0, 0.07958029955625534, 0.16093020141124725, 0.24611230194568634, 0.33791524171829224,
    0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1,
  ],
];

/** The weight [N, K] of a MatMulBnb4: numbers of a table times their block's largest, the first of a byte in its higher bits. */
export function unpackedBnb4(c: GradientContext, node: Node): Value {
  const { b } = c;
  const [, packed, largest] = node.inputs;
  const [columns, rows] = [intAttribute(node, "N", 0), intAttribute(node, "K", 0)];
  const size = intAttribute(node, "block_size", 32);
  const table = b.constant(float32([16], tables[intAttribute(node, "quant_type", 1)]));
  const both = digits(c, b.reshape(packed, [-1]), 2); // [n, 2], the lower bits first
  const turned = b.op("Gather", [both, b.integers([1, 0])], { axis: 1 });
  const count = columns * rows;
  const numbers = b.op("Gather", [table, b.cast(b.slice(b.reshape(turned, [-1]), 0, 0, count), "int64")], { axis: 0 });
  const blocks = Math.ceil(count / size);
  const spare = blocks * size - count;
  const filled = spare === 0 ? numbers : b.op("Pad", [numbers, b.integers([0, spare])]);
  const scaled = b.mul(b.reshape(filled, [blocks, size]), b.unsqueeze(largest, [1]));
  const flat = b.reshape(scaled, [-1]);
  return b.reshape(spare === 0 ? flat : b.slice(flat, 0, 0, count), [columns, rows]);
}
