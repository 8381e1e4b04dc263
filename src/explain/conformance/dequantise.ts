import { intAttribute } from "../../onnx/attributes";
import type { Node } from "../../onnx/model";
import { toFloat32 } from "../../tensor/half";
import { float32, sizeOf, type Tensor } from "../../tensor/tensor";

const numbersOf = (tensor: Tensor): Float32Array =>
  /float/.test(tensor.dtype) ? toFloat32(tensor) : Float32Array.from(tensor.data as Uint8Array);

/** [K, N] less one zero point, or one a column. */
export function centred(weight: Tensor, zero: Tensor | null): Tensor {
  const zeros = zero ? numbersOf(zero) : Float32Array.of(0);
  const columns = weight.dims[weight.dims.length - 1];
  const values = numbersOf(weight).map((v, i) => v - zeros[zeros.length === 1 ? 0 : i % columns]);
  return float32(weight.dims, values);
}

/** The number at a place in bytes that hold several of some bits, the lowest first. */
const digit = (bytes: Uint8Array, bits: number, at: number): number =>
  (bytes[Math.floor((at * bits) / 8)] >> ((at * bits) % 8)) & (2 ** bits - 1);

export function blocks(node: Node, [packed, scales, zeros]: readonly (Tensor | null | undefined)[]): Tensor {
  const [columns, rows] = [intAttribute(node, "N", 0), intAttribute(node, "K", 0)];
  const [bits, size] = [intAttribute(node, "bits", 4), intAttribute(node, "block_size", 32)];
  const count = Math.ceil(rows / size);
  const line = Math.ceil((count * bits) / 8) * (8 / bits); // zero points fill whole bytes in each column
  const scale = toFloat32(scales as Tensor);
  const values = new Float32Array(rows * columns);
  for (let n = 0; n < columns; n++)
    for (let k = 0; k < rows; k++) {
      const block = Math.floor(k / size);
      const zero = !zeros
        ? 2 ** (bits - 1)
        : zeros.dtype === "uint8"
          ? digit(zeros.data as Uint8Array, bits, n * line + block)
          : toFloat32(zeros)[n * count + block];
      const q = digit((packed as Tensor).data as Uint8Array, bits, (n * count + block) * size + (k % size));
      values[k * columns + n] = (q - zero) * scale[n * count + block];
    }
  return float32([rows, columns], values);
}

/** The quantiles of a normal distribution, and the 4-bit floats, that bitsandbytes rounds to. */
const normal = [
  -1, -0.6961928, -0.52507305, -0.3949175, -0.28444138, -0.18477343, -0.091050036, 0, 0.0795803, 0.1609302, 0.2461123,
  0.33791524, 0.44070983, 0.562617, 0.72295684, 1,
];
const floats = [0, 1 / 192, 2 / 3, 1, 1 / 3, 1 / 2, 1 / 6, 1 / 4];

export function bnb4(node: Node, [packed, largest]: readonly (Tensor | null | undefined)[]): Tensor {
  const [columns, rows] = [intAttribute(node, "N", 0), intAttribute(node, "K", 0)];
  const size = intAttribute(node, "block_size", 32);
  const table = intAttribute(node, "quant_type", 1) ? normal : [...floats, ...floats.map((v) => -v)];
  const [bytes, scale] = [(packed as Tensor).data as Uint8Array, toFloat32(largest as Tensor)];
  const values = new Float32Array(rows * columns);
  for (let n = 0; n < columns; n++)
    for (let k = 0; k < rows; k++) {
      const at = n * rows + k;
      const index = at % 2 ? bytes[at >> 1] & 15 : bytes[at >> 1] >> 4;
      values[k * columns + n] = table[index] * scale[Math.floor(at / size)];
    }
  return float32([rows, columns], values);
}

/** A tensor's integers; of two in a byte the lower bits are the first. */
function integersOf({ dtype, dims, data }: Tensor): Float32Array {
  if (!/int4$/.test(dtype)) return Float32Array.from(data as Uint8Array);
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return Float32Array.from({ length: sizeOf(dims) }, (_, i) => {
    const value = digit(bytes, 4, i);
    return dtype === "int4" && value > 7 ? value - 16 : value;
  });
}

/** What a DequantizeLinear makes of a weight: by one scale, one for each place of an axis, or one for each block of it. */
export function dequantised(node: Node, weight: Tensor, scales: Tensor, zeros: Tensor | null): Tensor {
  const { dims } = weight;
  const given = intAttribute(node, "axis", 1);
  const axis = given < 0 ? given + dims.length : given;
  const block = intAttribute(node, "block_size", 0) || 1;
  const single = sizeOf(scales.dims) === 1;
  const inner = scales.dims.length > 1 ? sizeOf(dims.slice(axis + 1)) : 1;
  const below = sizeOf(dims.slice(axis + 1));
  const places = scales.dims.length > 1 ? scales.dims[axis] : 0;
  const scale = toFloat32(scales);
  const zero = zeros ? integersOf(zeros) : null;
  const values = integersOf(weight).map((q, i) => {
    const at = Math.floor(i / below) % (dims[axis] ?? 1);
    const outer = Math.floor(i / (below * (dims[axis] ?? 1)));
    const k = single ? 0 : places === 0 ? at : (outer * places + Math.floor(at / block)) * inner + (i % inner);
    return (q - (zero?.[k] ?? 0)) * scale[k];
  });
  return float32(dims, values);
}
