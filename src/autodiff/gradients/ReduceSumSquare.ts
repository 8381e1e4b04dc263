import type { Gradient } from "../gradient";
import { keptShape } from "../reduced";

export const reduceSumSquare: Gradient = (c, node, [g]) => [
  () => c.b.mul(keptShape(c, node, c.b.mul(g, c.b.scalar(2, g))), node.inputs[0]),
  null,
];
