import { GraphError } from "../graph/error";
import { intAttribute, intsAttribute, stringAttribute } from "../onnx/attributes";
import type { Node, Value } from "../onnx/model";
import type { GradientContext } from "./gradient";

/** How a kernel is moved over its input; `pads` before each spatial axis, then behind each. */
export interface Window {
  readonly sizes: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly pads: readonly number[];
  readonly group: number;
}

/** The window of a convolution or a pooling, with automatic padding counted out where it doesn't depend on the input's size. */
export function windowOf(node: Node, sizes: readonly number[]): Window {
  const ones = sizes.map(() => 1);
  const strides = intsAttribute(node, "strides", ones);
  const dilations = intsAttribute(node, "dilations", ones);
  const auto = stringAttribute(node, "auto_pad", "NOTSET");
  const group = intAttribute(node, "group", 1);
  const given = intsAttribute(node, "pads", [...ones, ...ones].fill(0));
  if (!auto.startsWith("SAME"))
    return { sizes, strides, dilations, pads: auto === "VALID" ? given.map(() => 0) : given, group };
  if (strides.some((s) => s !== 1))
    throw new GraphError("no gradient", `${node.opType} padded by ${auto} at strides ${strides}`, node);
  const totals = sizes.map((k, i) => dilations[i] * (k - 1));
  const small = totals.map((t) => Math.floor(t / 2));
  const large = totals.map((t) => Math.ceil(t / 2));
  return {
    sizes,
    strides,
    dilations,
    pads: auto === "SAME_LOWER" ? [...large, ...small] : [...small, ...large],
    group,
  };
}

/** What a convolution took from `like` [B, C, ..] goes back to it; zeros where no window reached. */
export function spread(c: GradientContext, g: Value, kernel: Value, like: Value, window: Window): Value {
  const { b } = c;
  const { sizes, strides, dilations, pads, group } = window;
  // Pads of more than the kernel reaches are refused by runtimes, so the whole is made and cut.
  const back = b.op("ConvTranspose", [g, kernel], { kernel_shape: sizes, strides, dilations, group });
  return sizes.reduce((part, _, i) => {
    const axis = i + 2;
    const [before, after] = [pads[i], pads[i + sizes.length]];
    if (before === 0 && after === 0 && strides[i] === 1) return part;
    const size = b.dim(like, axis);
    const missing = b.sub(b.add(size, b.integers([before])), b.dim(part, axis)); // [1]; what no window reached
    const zero = b.integers([0]);
    const none = [...sizes, 0, 0].map(() => zero);
    const fill = b.where(b.op("Less", [missing, zero]), zero, missing);
    const whole = b.op("Pad", [part, b.concat([...none, ...none.with(axis, fill)], 0)]);
    return b.slice(whole, axis, before, b.add(size, b.integers([before])));
  }, back);
}
