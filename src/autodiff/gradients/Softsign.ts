import type { Gradient } from "../gradient";

/** 1 / (1 + |x|)² */
export const softsign: Gradient = ({ b }, { inputs: [x] }, [g]) => [
  () => {
    const base = b.add(b.scalar(1, x), b.op("Abs", [x]));
    return b.div(g, b.mul(base, base));
  },
];
