import type { Gradient } from "../gradient";

export const sigmoid: Gradient = ({ b }, { outputs: [y] }, [g]) => [() => b.mul(g, b.mul(y, b.sub(b.scalar(1, y), y)))];
