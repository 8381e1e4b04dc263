import type { Gradient } from "../gradient";

export const sin: Gradient = ({ b }, { inputs: [x] }, [g]) => [() => b.mul(g, b.op("Cos", [x]))];
