import type { Gradient } from "../gradient";

/** Between floating types, and from the integers of a quantised product, whose cotangents are floating already. */
export const cast: Gradient = ({ b }, { inputs: [x] }, [g]) => [
  () => {
    const dtype = b.dtypeOf(x);
    return dtype && /float/.test(dtype) && dtype !== b.dtypeOf(g) ? b.cast(g, dtype) : g;
  },
];
