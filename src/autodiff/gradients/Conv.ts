import type { Gradient } from "../gradient";
import { spread, windowOf } from "../windows";

/** By its input: the transposed convolution. A computed kernel has no cotangent. */
export const conv: Gradient = (c, node, [g]) => {
  const [x, kernel] = node.inputs;
  return [() => spread(c, g, kernel, x, windowOf(node, c.dims(kernel).slice(2))), null, null];
};
