import { intAttribute } from "../../onnx/attributes";
import type { Gradient } from "../gradient";

/** Each part of the cotangent to where it came from; sizes are read at run time. */
export const concat: Gradient = (c, node, [g]) => {
  const { b } = c;
  const given = intAttribute(node, "axis", 0);
  const axis = given < 0 ? given + c.dims(g).length : given;
  return node.inputs.map((input, i) => () => {
    const before = node.inputs.slice(0, i).map((v) => b.dim(v, axis));
    const start = before.length === 0 ? b.integers([0]) : before.reduce(b.add);
    return b.slice(g, axis, start, b.add(start, b.dim(input, axis)));
  });
};
