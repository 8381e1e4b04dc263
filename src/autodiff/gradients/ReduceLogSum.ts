import type { Gradient } from "../gradient";
import { keptShape } from "../reduced";

/** 1 / Σx = exp(-y) */
export const reduceLogSum: Gradient = (c, node, [g]) => [
  () => keptShape(c, node, c.b.mul(g, c.b.op("Exp", [c.b.op("Neg", [node.outputs[0]])]))),
  null,
];
