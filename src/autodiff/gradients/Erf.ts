import type { Gradient } from "../gradient";

/** 2/√π · exp(−x²) */
export const erf: Gradient = ({ b }, { inputs: [x] }, [g]) => [
  () => b.mul(g, b.mul(b.op("Exp", [b.op("Neg", [b.mul(x, x)])]), b.scalar(2 / Math.sqrt(Math.PI), x))),
];
