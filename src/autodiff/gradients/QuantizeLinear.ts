import { straightThrough } from "../gradient";
import { scaleAlong } from "../quantised";

/** y = x / scale + zero point, as if it were neither rounded nor cut off. */
export const quantizeLinear = straightThrough((c, node, [g]) => [
  () => c.b.div(g, scaleAlong(c, node, node.inputs[1])),
  null,
  null,
]);
