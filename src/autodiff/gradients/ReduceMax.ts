import type { Gradient } from "../gradient";
import { axesOf, keptShape } from "../reduced";

/** Of ReduceMax and ReduceMin: to the element that was taken, in equal shares where several were. */
export const reduceMax: Gradient = (c, node, [g]) => {
  const { b } = c;
  return [
    () => {
      const taken = b.op("Equal", [node.inputs[0], keptShape(c, node, node.outputs[0])]);
      const share = b.cast(taken, b.dtypeOf(g) ?? "float32");
      const axes = axesOf(c, node);
      const many = axes.length === 0 ? share : b.reduce("ReduceSum", share, axes);
      return b.mul(share, b.div(keptShape(c, node, g), many));
    },
    null,
  ];
};
