import type { DType } from "../../../tensor/tensor";
import type { Dims, Input } from "../gradient-case";

/** Standard normal. */
export const x = (...dims: Dims): Input => ({ dims });
/** Wide, so that a norm of few numbers bends little over a step. */
export const wide = (...dims: Dims): Input => ({ dims, value: (i, random) => 4 * random() + 3 * ((i * 3) % 5) - 6 });
/** Away from zero and above it. */
export const positive = (...dims: Dims): Input => ({ dims, value: (_, random) => 0.5 + 2 * random() });
/** Of both signs, away from zero, where kinks are. */
export const apart = (...dims: Dims): Input => ({
  dims,
  value: (_, random) => (0.3 + 2 * random()) * (random() < 0.5 ? -1 : 1),
});
/** No two within a step of another, so that the largest stays the largest. */
export const ranked = (...dims: Dims): Input => ({ dims, value: (i, random) => ((i * 7) % 31) / 3 + 0.05 * random() });
export const weight = (...dims: readonly number[]): Input => ({ dims, weight: true });
/** A weight of float32 whatever the case's type. */
export const single = (...dims: Dims): Input => ({ dims, dtype: "float32" });

/** Known integers. */
export const integers = (values: readonly number[], dims: Dims = [values.length]): Input => ({
  dims,
  dtype: "int64",
  weight: true,
  value: (i) => values[i],
});
/** Integers that are fed, so that the rule doesn't know them. */
export const fed = (values: readonly number[], dims: Dims = [values.length]): Input => ({
  dims,
  dtype: "int64",
  value: (i) => values[i],
});
/** Fed indices from 0 to below `size`, some twice. */
export const places = (size: number, ...dims: Dims): Input => ({
  dims,
  dtype: "int64",
  value: (_, random) => Math.floor(random() * size),
});
export const filled = (dtype: DType, value: (i: number, random: () => number) => number, ...dims: Dims): Input => ({
  dims,
  dtype,
  value,
});
