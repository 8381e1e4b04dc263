import type { Gradient } from "../gradient";

export const abs: Gradient = ({ b }, { inputs: [x] }, [g]) => [() => b.mul(g, b.op("Sign", [x]))];
