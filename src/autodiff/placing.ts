import { GraphError } from "../graph/error";
import { string } from "../onnx/attributes";
import type { Value } from "../onnx/model";
import type { GradientContext } from "./gradient";

type Context = Pick<GradientContext, "b" | "dims">;

/** A part of one axis with zeros around it; `start` [1] counts as in a slice, `size` [1] is the axis's whole length. */
export function padded({ b, dims }: Context, part: Value, axis: number, start: Value, size: Value): Value {
  const zero = b.integers([0]);
  const counted = b.where(b.op("Less", [start, zero]), b.add(start, size), start);
  // Min and Max of integers came with opset 12.
  const least = b.where(b.op("Less", [counted, zero]), zero, counted);
  const before = b.where(b.op("Less", [least, size]), least, size);
  const after = b.sub(b.sub(size, before), b.dim(part, axis));
  const none = dims(part).map(() => zero);
  const pads = b.concat([...none.with(axis, before), ...none.with(axis, after)], 0);
  return b.op("Pad", [part, pads]);
}

/** The slices of `part` along an axis at their places int64 [n] of an axis of `size` [1], zeros elsewhere; no place twice. */
export function placed({ b, dims }: Context, part: Value, axis: number, places: Value, size: Value): Value {
  const rank = dims(part).length;
  const sizes = dims(part).map((_, i) => (i === axis ? size : b.dim(part, i)));
  const zeros = b.op("Expand", [b.scalar(0, part), b.concat(sizes, 0)]);
  const along = b.reshape(
    places,
    Array.from({ length: rank }, (_, i) => (i === axis ? -1 : 1)),
  );
  const indices = b.op("Expand", [along, b.op("Shape", [part])]);
  return b.op("ScatterElements", [zeros, indices, part], { axis });
}

/** As `placed`, where a place may come more than once: a product with the one-hot rows of the places. */
export function gathered({ b, dims }: Context, part: Value, axis: number, places: Value, size: Value): Value {
  const rank = dims(part).length;
  // [size, n] with a one where a place is
  const hot = b.cast(
    b.op("Equal", [b.unsqueeze(b.range(size), [1]), b.unsqueeze(places, [0])]),
    b.dtypeOf(part) ?? "float32",
  );
  const order = [axis, ...Array.from({ length: rank }, (_, i) => i).filter((i) => i !== axis)];
  const front = axis === 0 ? part : b.transpose(part, order);
  const flat = b.op("Reshape", [front, b.concat([b.dim(front, 0), b.integers([-1])], 0)]);
  const rest = rank === 1 ? [] : [b.slice(b.op("Shape", [front]), 0, 1, rank)];
  const whole = b.op("Reshape", [b.matmul(hot, flat), b.concat([size, ...rest], 0)]);
  return axis === 0
    ? whole
    : b.transpose(
        whole,
        order.map((_, i) => order.indexOf(i)),
      );
}

/**
 * The elements of `part` along an axis at their own places in zeros of the shape of `like`; those of one place add up.
 * Before opset 16, which can add at places, by the one-hot rows of all places at once.
 */
export function scattered({ b, dims }: Context, part: Value, places: Value, like: Value, axis: number): Value {
  const rank = dims(like).length;
  const at = axis < 0 ? axis + rank : axis;
  const shape = b.op("Shape", [like]);
  if (b.opset >= 16) {
    const zeros = b.op("Expand", [b.scalar(0, part), shape]);
    return b.op("ScatterElements", [zeros, places, part], { axis: at, reduction: string("add") });
  }
  const sizes = dims(like).map((size, i) => [size, dims(part)[i]]);
  if (sizes.some(([whole, some], i) => i !== at && whole !== some))
    throw new GraphError("no gradient", `places of a part of the other axes in opset ${b.opset}`);
  const size = b.dim(like, at);
  const wide = b.dtypeOf(places) === "int64" ? places : b.cast(places, "int64");
  const counted = b.where(b.op("Less", [wide, b.integers([0])]), b.add(wide, size), wide);
  const along = Array.from({ length: rank + 1 }, (_, i) => (i === at ? -1 : 1));
  // [.., size, n, ..]: whether an element belongs to a place
  const own = b.op("Equal", [b.unsqueeze(counted, [at]), b.reshape(b.range(size), along)]);
  const spread = b.mul(b.cast(own, b.dtypeOf(part) ?? "float32"), b.unsqueeze(part, [at]));
  return b.squeeze(b.reduce("ReduceSum", spread, [at + 1]), [at + 1]);
}
