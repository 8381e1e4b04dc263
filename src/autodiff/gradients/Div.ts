import type { Gradient } from "../gradient";

export const div: Gradient = ({ b }, { inputs: [, y], outputs: [z] }, [g]) => [
  () => b.div(g, y),
  () => b.op("Neg", [b.div(b.mul(g, z), y)]),
];
