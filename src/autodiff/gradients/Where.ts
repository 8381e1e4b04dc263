import type { Gradient } from "../gradient";

export const where: Gradient = ({ b }, { inputs: [condition, x] }, [g]) => {
  const zero = () => b.scalar(0, x);
  return [null, () => b.where(condition, g, zero()), () => b.where(condition, zero(), g)];
};
