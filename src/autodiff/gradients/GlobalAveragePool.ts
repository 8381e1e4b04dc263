import type { Gradient } from "../gradient";

/** The walker repeats it over the places. */
export const globalAveragePool: Gradient = (c, { inputs: [x] }, [g]) => {
  const { b } = c;
  return [
    () => {
      const sizes = c
        .dims(x)
        .slice(2)
        .map((_, i) => b.dim(x, i + 2));
      return b.div(g, b.cast(b.squeeze(sizes.reduce(b.mul), [0]), b.dtypeOf(g) ?? "float32"));
    },
  ];
};
