import type { Gradient } from "../gradient";

/** Of several tensors, not over an axis. */
export const mean: Gradient = ({ b }, { inputs }, [g]) =>
  inputs.map(() => () => b.mul(g, b.scalar(1 / inputs.length, g)));
