import { GraphError } from "../../graph/error";
import { intAttribute, intsAttribute } from "../../onnx/attributes";
import { float32 } from "../../tensor/tensor";
import type { Gradient } from "../gradient";
import { spread, windowOf } from "../windows";

/** Each element's share goes back to its window: the transposed convolution with ones, channel by channel. */
export const averagePool: Gradient = (c, node, [g]) => {
  const { b } = c;
  const [x] = node.inputs;
  const dims = c.dims(x);
  return [
    () => {
      if (intAttribute(node, "ceil_mode", 0)) throw new GraphError("no gradient", "AveragePool by ceil_mode", node);
      const sizes = intsAttribute(node, "kernel_shape", []);
      const window = windowOf(node, sizes);
      const count = sizes.reduce((n, k) => n * k, 1);
      const ones = (channels: number) =>
        b.constant(float32([channels, 1, ...sizes], new Float32Array(channels * count).fill(1)));
      const padded = window.pads.some((p) => p > 0) && !intAttribute(node, "count_include_pad", 0);
      // How many elements of its window an output has.
      const single = () =>
        b.op("Expand", [b.scalar(1, g), b.concat([b.integers([1, 1]), b.slice(c.shape(x), 0, 2, dims.length)], 0)]);
      const { strides, dilations, pads } = window;
      const counts = padded
        ? b.op("Conv", [single(), ones(1)], { kernel_shape: sizes, strides, dilations, pads })
        : b.scalar(count, g);
      return spread(c, b.div(g, counts), ones(dims[1]), x, { ...window, group: dims[1] });
    },
  ];
};
