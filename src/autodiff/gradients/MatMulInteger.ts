import { straightThrough } from "../gradient";
import { dequantised } from "../quantised";
import { productBack } from "./MatMul";

/** Of the product of (a - its zero point) and (b - its zero point). */
export const matMulInteger = straightThrough((c, node, [g]) => {
  const [x, y, zeroX, zeroY] = node.inputs;
  const [rows, columns] = [c.dims(x).length - 2, c.dims(y).length - 1];
  const operands = productBack(c, node, g, [
    () => dequantised(c, x, zeroX, rows),
    () => dequantised(c, y, zeroY, columns),
  ]);
  return [...operands, null, null];
});
