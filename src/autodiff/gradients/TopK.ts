import { intAttribute } from "../../onnx/attributes";
import type { Gradient } from "../gradient";

/** The values go back to where they were found. */
export const topK: Gradient = (c, node, [g]) => {
  const { b } = c;
  const [x] = node.inputs;
  return [
    () => {
      const zeros = b.op("Expand", [b.scalar(0, g), c.shape(x)]);
      return b.op("ScatterElements", [zeros, node.outputs[1], g], { axis: intAttribute(node, "axis", -1) });
    },
    null,
  ];
};
