import { straightThrough } from "../gradient";
import { dequantised } from "../quantised";
import { spread, windowOf } from "../windows";

/** By its input, with the kernel's integers less their zero point. */
export const convInteger = straightThrough((c, node, [g]) => {
  const [x, kernel, , zero] = node.inputs;
  return [
    () => spread(c, g, dequantised(c, kernel, zero, 0), x, windowOf(node, c.dims(kernel).slice(2))),
    null,
    null,
    null,
  ];
});
