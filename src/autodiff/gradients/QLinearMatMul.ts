import type { Value } from "../../onnx/model";
import { straightThrough } from "../gradient";
import { dequantised } from "../quantised";
import { productBack } from "./MatMul";

/** Of the product, scaled from one quantisation to the next: sa · sb / sy, each scale a scalar or one of the columns. */
export const qLinearMatMul = straightThrough((c, node, [g]) => {
  const { b } = c;
  const [x, scaleX, zeroX, y, scaleY, zeroY, scale] = node.inputs;
  const [rows, columns] = [c.dims(x).length - 2, c.dims(y).length - 1];
  const along = (v: Value, axis: number, rank: number) =>
    c.dims(v).length === 0 || c.dims(v)[0] === 1
      ? v
      : b.reshape(
          v,
          Array.from({ length: rank - axis }, (_, i) => (i === 0 ? -1 : 1)),
        );
  const scaled = () => {
    const rank = c.dims(g).length;
    const together = b.mul(along(scaleX, rank - 2, rank), along(scaleY, rank - 1, rank));
    return b.mul(g, b.div(together, scale));
  };
  const [byX, byY] = [
    () => productBack(c, { inputs: [x, y] }, scaled(), [() => x, () => dequantised(c, y, zeroY, columns)])[0](),
    () => productBack(c, { inputs: [x, y] }, scaled(), [() => dequantised(c, x, zeroX, rows), () => y])[1](),
  ];
  return [byX, null, null, byY, null, null, null, null];
});
