import type { Gradient } from "../gradient";
import { keptShape } from "../reduced";

/** y / x: not a number where an element is zero. */
export const reduceProd: Gradient = (c, node, [g]) => [
  () => c.b.div(keptShape(c, node, c.b.mul(g, node.outputs[0])), node.inputs[0]),
  null,
];
