import type { Gradient } from "../gradient";

/** Of Max and Min: to the operand that was taken, in equal shares where several were. */
export const max: Gradient = ({ b }, { inputs, outputs: [y] }, [g]) => {
  const taken = (x: string) => b.cast(b.op("Equal", [x, y]), b.dtypeOf(g) ?? "float32");
  return inputs.map((x) => () => {
    if (inputs.length === 1) return g;
    return b.div(b.mul(g, taken(x)), inputs.map(taken).reduce(b.add));
  });
};
