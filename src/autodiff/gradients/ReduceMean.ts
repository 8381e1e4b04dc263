import type { Gradient } from "../gradient";
import { countOf, keptShape } from "../reduced";

export const reduceMean: Gradient = (c, node, [g]) => [() => c.b.div(keptShape(c, node, g), countOf(c, node, g)), null];
