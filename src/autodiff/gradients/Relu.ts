import type { Gradient } from "../gradient";

export const relu: Gradient = ({ b }, { outputs: [y] }, [g]) => [() => b.mul(g, b.op("Sign", [y]))];
