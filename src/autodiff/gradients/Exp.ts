import type { Gradient } from "../gradient";

export const exp: Gradient = ({ b }, { outputs: [y] }, [g]) => [() => b.mul(g, y)];
