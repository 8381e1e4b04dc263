import type { Gradient } from "../gradient";

export const log: Gradient = ({ b }, { inputs: [x] }, [g]) => [() => b.div(g, x)];
