import type { Gradient } from "../gradient";

export const tanh: Gradient = ({ b }, { outputs: [y] }, [g]) => [() => b.mul(g, b.sub(b.scalar(1, y), b.mul(y, y)))];
