import type { Gradient } from "../gradient";

export const pRelu: Gradient = ({ b }, { inputs: [x, slope] }, [g]) => {
  const below = () => b.op("Less", [x, b.scalar(0, x)]);
  return [() => b.where(below(), b.mul(g, slope), g), () => b.where(below(), b.mul(g, x), b.scalar(0, g))];
};
