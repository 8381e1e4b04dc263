import { GraphError } from "../../graph/error";
import type { Value } from "../../onnx/model";
import { type Entry, type Gradient, isStop, isStraight } from "../gradient";

/** An entry with something done to its cotangents first. */
export function before(entry: Entry, change: (...args: Parameters<Gradient>) => readonly Value[]): Entry {
  if (isStop(entry)) return entry;
  const gradient = isStraight(entry) ? entry.straightThrough : entry;
  const changed: Gradient = (c, node, cotangents) => gradient(c, node, change(c, node, cotangents));
  return isStraight(entry) ? { ...entry, straightThrough: changed } : changed;
}

/** A product of two activations gives each half of its relevance (the uniform rule). */
export const halved = (entry: Entry): Entry =>
  before(entry, ({ b }, _node, [g, ...rest]) => [b.mul(g, b.scalar(0.5, g)), ...rest]);

/** g ⊙ xᵖ⁻¹: a power of an activation passes its relevance on whole (the identity rule). */
export const power: Gradient = (c, node, [g]) => {
  const { b } = c;
  const [x, exponent] = node.inputs;
  const p = c.numbers(exponent);
  if (!p?.every((n) => n === p[0] && Number.isInteger(n) && n >= 1 && n <= 4))
    throw new GraphError("no gradient", "relevance through Pow", node);
  return [() => Array.from({ length: p[0] - 1 }, () => x).reduce(b.mul, g), null];
};

/** A convolution's gradient with the share of its bias [M], which has an axis of its own: g [N, M, ..] over the others. */
export const withBias =
  (entry: Gradient): Gradient =>
  (c, node, [g]) => {
    const { b } = c;
    const others = c.dims(g).flatMap((_, axis) => (axis === 1 ? [] : [axis]));
    const share = () => b.reshape(b.reduce("ReduceSum", g, others), [-1]);
    return [...entry(c, node, [g]).slice(0, 2), share];
  };
