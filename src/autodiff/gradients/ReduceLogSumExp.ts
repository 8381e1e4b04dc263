import type { Gradient } from "../gradient";
import { keptShape } from "../reduced";

/** exp(x - y) */
export const reduceLogSumExp: Gradient = (c, node, [g]) => {
  const { b } = c;
  return [
    () => b.mul(keptShape(c, node, g), b.op("Exp", [b.sub(node.inputs[0], keptShape(c, node, node.outputs[0]))])),
    null,
  ];
};
