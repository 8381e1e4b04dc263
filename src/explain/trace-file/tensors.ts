import { toFloat32 } from "../../tensor/half";
import { openSafetensors, type RangeReader, SafetensorsError } from "../../tensor/safetensors";
import { bitsOf, type DType, sizeOf, type Tensor, typedArrayOf } from "../../tensor/tensor";

/** Tensors by name, of which only what is asked for is read. */
export interface TensorSource {
  readonly shapes: ReadonlyMap<string, { readonly dtype: DType; readonly dims: readonly number[] }>;
  /** `count` slices along the first axis from `first` on, in the type that they have there. */
  slices(name: string, first: number, count: number): Promise<Tensor>;
}

/** Tensors that are here already. */
export function inMemory(tensors: ReadonlyMap<string, Tensor>): TensorSource {
  return {
    shapes: tensors,
    async slices(name, first, count) {
      const { dtype, dims, data } = shapeOf(tensors, name);
      const { each, rest } = cutOf(name, dims, first, count);
      const part = data.subarray(first * each, (first + count) * each) as Tensor["data"];
      return { dtype, dims: [count, ...rest], data: part };
    },
  };
}

/**
 * Tensors of a safetensors file, each slice by a range of its own.
 *
 * @throws SafetensorsError for what is no safetensors file
 */
export async function inFile(read: RangeReader): Promise<TensorSource & { metadata: ReadonlyMap<string, string> }> {
  const { entries, metadata } = await openSafetensors(read);
  return {
    shapes: entries,
    metadata,
    async slices(name, first, count) {
      const { dtype, dims, start } = shapeOf(entries, name);
      const { each, rest } = cutOf(name, dims, first, count);
      const width = (each * bitsOf(dtype)) / 8;
      const bytes = await read(start + first * width, start + (first + count) * width);
      if (bytes.length < count * width)
        throw new SafetensorsError("truncated", `safetensors cut short: in "${name}"; fetch it again`);
      const Elements = typedArrayOf(dtype);
      const whole = new Uint8Array(count * width); // of its own buffer, so that elements are aligned
      whole.set(bytes.subarray(0, whole.length));
      return { dtype, dims: [count, ...rest], data: new Elements(whole.buffer) as Tensor["data"] };
    },
  };
}

function shapeOf<T>(all: ReadonlyMap<string, T>, name: string): T {
  const found = all.get(name);
  if (!found) throw new SafetensorsError("missing", `no tensor: ${name}`);
  return found;
}

function cutOf(name: string, dims: readonly number[], first: number, count: number) {
  const [size = 0, ...rest] = dims;
  if (first < 0 || count < 0 || first + count > size)
    throw new RangeError(`no slice: ${first} to ${first + count} of ${name}, which has ${size}`);
  return { each: sizeOf(rest), rest };
}

/** A tensor's numbers as float32; 8-bit ones count 0 to 255 as 0 to 1. */
export function asFloats({ dtype, dims, data }: Tensor): Tensor {
  const numbers = toFloat32({ dtype, dims, data });
  return { dtype: "float32", dims, data: dtype === "uint8" ? numbers.map((v) => v / 255) : numbers };
}
