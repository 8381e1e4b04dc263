import type { Gradient } from "../gradient";
import { scaleAlong } from "../quantised";

/** x = (y - zero point) · scale */
export const dequantizeLinear: Gradient = (c, node, [g]) => [
  () => c.b.mul(g, scaleAlong(c, node, node.inputs[1])),
  null,
  null,
];
