import type { Gradient } from "../gradient";
import { keptShape } from "../reduced";

export const reduceSum: Gradient = (c, node, [g]) => [() => keptShape(c, node, g), null];
