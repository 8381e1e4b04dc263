import type { Gradient } from "../gradient";

export const softplus: Gradient = ({ b }, { inputs: [x] }, [g]) => [() => b.mul(g, b.op("Sigmoid", [x]))];
