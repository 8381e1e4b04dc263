import type { Gradient } from "../gradient";
import { keptShape } from "../reduced";

export const reduceL1: Gradient = (c, node, [g]) => [
  () => c.b.mul(keptShape(c, node, g), c.b.op("Sign", [node.inputs[0]])),
  null,
];
