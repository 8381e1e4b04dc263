import { tensorOf } from "../../onnx/attributes";
import type { Weight } from "../../onnx/model";
import { toFloat32 } from "../../tensor/half";
import { sizeOf } from "../../tensor/tensor";
import { type Fact, followed } from "./fact";

/** A weight's type and shape, and its elements where it is small and at hand. */
export function factOfWeight(weight: Weight): Fact {
  const { dtype, dims, source } = weight;
  const small = source.kind === "bytes" && sizeOf(dims) <= followed;
  if (!small) return { dtype, dims };
  const tensor = tensorOf(weight);
  const { data } = tensor;
  // Integers and doubles exactly; the rest has no more bits than a float32.
  const value =
    data instanceof BigInt64Array || data instanceof BigUint64Array
      ? numbers(data)
      : dtype === "float64" || /^u?int(8|16|32)$/.test(dtype)
        ? Array.from(data as Float64Array)
        : Array.from(toFloat32(tensor));
  return { dtype, dims, value };
}

function numbers(data: BigInt64Array | BigUint64Array): number[] {
  const found: number[] = [];
  for (const value of data) found.push(Number(value));
  return found;
}
