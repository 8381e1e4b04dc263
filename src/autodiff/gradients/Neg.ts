import type { Gradient } from "../gradient";

export const neg: Gradient = ({ b }, _node, [g]) => [() => b.op("Neg", [g])];
