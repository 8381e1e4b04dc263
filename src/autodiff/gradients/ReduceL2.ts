import type { Gradient } from "../gradient";
import { keptShape } from "../reduced";

/** x / |x|, and nothing at zero. */
export const reduceL2: Gradient = (c, node, [g]) => {
  const { b } = c;
  return [
    () => {
      const length = keptShape(c, node, node.outputs[0]);
      const zero = b.op("Equal", [length, b.scalar(0, g)]);
      const share = b.where(zero, b.scalar(0, g), b.div(keptShape(c, node, g), length));
      return b.mul(node.inputs[0], share);
    },
    null,
  ];
};
