import type { Gradient } from "../gradient";

export const mul: Gradient = ({ b }, { inputs: [x, y] }, [g]) => [() => b.mul(g, y), () => b.mul(g, x)];
