import type { Gradient } from "../gradient";

export const sub: Gradient = ({ b }, _node, [g]) => [() => g, () => b.op("Neg", [g])];
