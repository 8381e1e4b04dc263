import type { Gradient } from "../gradient";

export const reciprocal: Gradient = ({ b }, { outputs: [y] }, [g]) => [() => b.op("Neg", [b.mul(g, b.mul(y, y))])];
