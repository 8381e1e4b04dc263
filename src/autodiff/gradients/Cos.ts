import type { Gradient } from "../gradient";

export const cos: Gradient = ({ b }, { inputs: [x] }, [g]) => [() => b.op("Neg", [b.mul(g, b.op("Sin", [x]))])];
