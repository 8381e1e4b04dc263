import type { Gradient } from "../gradient";

export const sqrt: Gradient = ({ b }, { outputs: [y] }, [g]) => [() => b.div(b.mul(g, b.scalar(0.5, g)), y)];
