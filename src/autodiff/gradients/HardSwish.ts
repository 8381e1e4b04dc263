import type { Gradient } from "../gradient";

/** 0 below -3, 1 above 3, x/3 + ½ between. */
export const hardSwish: Gradient = ({ b }, { inputs: [x] }, [g]) => [
  () => {
    const slope = b.add(b.mul(x, b.scalar(1 / 3, x)), b.scalar(0.5, x));
    const above = b.op("Greater", [x, b.scalar(3, x)]);
    const below = b.op("Less", [x, b.scalar(-3, x)]);
    return b.mul(g, b.where(above, b.scalar(1, x), b.where(below, b.scalar(0, x), slope)));
  },
];
