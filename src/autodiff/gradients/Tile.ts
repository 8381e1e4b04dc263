import type { Gradient } from "../gradient";

/** Summed over the copies: [r0·d0, r1·d1, ..] as [r0, d0, r1, d1, ..]. */
export const tile: Gradient = (c, { inputs: [x, repeats] }, [g]) => {
  const { b } = c;
  return [
    () => {
      const rank = c.dims(x).length;
      const sizes = Array.from({ length: rank }, (_, i) => [b.slice(repeats, 0, i, i + 1), b.dim(x, i)]).flat();
      const apart = b.op("Reshape", [g, b.concat(sizes, 0)]);
      const summed = b.reduce(
        "ReduceSum",
        apart,
        Array.from({ length: rank }, (_, i) => 2 * i),
      );
      return b.op("Reshape", [summed, c.shape(x)]);
    },
    null,
  ];
};
