import type { Gradient } from "../gradient";

export const identity: Gradient = (_c, _node, [g]) => [() => g];
