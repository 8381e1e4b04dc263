import { intAttribute } from "../../onnx/attributes";
import type { Gradient } from "../gradient";
import { gathered, padded } from "../placing";

/** Adds the cotangents of what was picked to its places; one fixed place costs no product. */
export const gather: Gradient = (c, node, [g]) => {
  const { b } = c;
  const [x, indices] = node.inputs;
  const dims = c.dims(x);
  const given = intAttribute(node, "axis", 0);
  const axis = given < 0 ? given + dims.length : given;
  return [
    () => {
      const picked = c.dims(indices);
      const size = b.dim(x, axis);
      const wide = b.dtypeOf(indices) === "int64" ? indices : b.cast(indices, "int64");
      const flat = picked.length === 1 ? wide : b.reshape(wide, [-1]);
      const counted = b.where(b.op("Less", [flat, b.integers([0])]), b.add(flat, size), flat);
      // The axes of the indices become one.
      const part =
        picked.length === 1
          ? g
          : picked.length === 0
            ? b.unsqueeze(g, [axis])
            : b.op("Reshape", [g, b.concat([...dims.map((_, i) => (i === axis ? b.integers([-1]) : b.dim(x, i)))], 0)]);
      return picked.every((n) => n === 1)
        ? padded(c, part, axis, counted, size)
        : gathered(c, part, axis, counted, size);
    },
    null,
  ];
};
