import type { Value } from "../onnx/model";
import type { GradientContext } from "./gradient";

type Context = Pick<GradientContext, "b" | "dims">;

/** A part of one axis with zeros around it; `start` [1] counts as in a slice, `size` [1] is the axis's whole length. */
export function padded({ b, dims }: Context, part: Value, axis: number, start: Value, size: Value): Value {
  const zero = b.integers([0]);
  const counted = b.where(b.op("Less", [start, zero]), b.add(start, size), start);
  const before = b.op("Min", [b.op("Max", [counted, zero]), size]);
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
