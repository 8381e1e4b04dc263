import type { Gradient } from "../gradient";

/** t + x (1 - t²) σ(x) with t = tanh(softplus(x)). */
export const mish: Gradient = ({ b }, { inputs: [x] }, [g]) => [
  () => {
    const t = b.op("Tanh", [b.op("Softplus", [x])]);
    const bend = b.mul(b.mul(x, b.sub(b.scalar(1, x), b.mul(t, t))), b.op("Sigmoid", [x]));
    return b.mul(g, b.add(t, bend));
  },
];
