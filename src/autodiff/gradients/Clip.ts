import type { Gradient } from "../gradient";

/** Where the value was left as it is, its bounds included. */
export const clip: Gradient = ({ b }, { inputs: [x], outputs: [y] }, [g]) => [
  () => b.where(b.op("Equal", [x, y]), g, b.scalar(0, g)),
  null,
  null,
];
