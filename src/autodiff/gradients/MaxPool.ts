import { GraphError } from "../../graph/error";
import { string } from "../../onnx/attributes";
import type { Gradient } from "../gradient";

/** To the element that was taken, found by pooling again; windows that overlap add up, which opset 16 is for. */
export const maxPool: Gradient = (c, node, [g]) => {
  const { b } = c;
  const [x] = node.inputs;
  return [
    () => {
      if (b.opset < 16)
        throw new GraphError("no gradient", `MaxPool in opset ${b.opset}, which can't add at places`, node);
      const places = b.ops("MaxPool", [x], Object.fromEntries(node.attributes), 2)[1];
      const flat = (v: string) => b.reshape(v, [-1]);
      const size = b.op("ReduceProd", [c.shape(x)], { keepdims: 1 }); // [1]
      const zeros = b.op("Expand", [b.scalar(0, g), size]);
      const all = b.op("ScatterElements", [zeros, flat(places), flat(g)], { axis: 0, reduction: string("add") });
      return b.op("Reshape", [all, c.shape(x)]);
    },
  ];
};
