import { GraphError } from "../../graph/error";
import type { Node, Value } from "../../onnx/model";
import type { GradientContext } from "../gradient";

type Context = Pick<GradientContext, "b" | "dims">;

/**
 * A batch of pairs: rows as they are, and behind them, in the same order, the rows that each is held against. Everything
 * here is the same for both of a pair, so that multipliers are too, and keep the shape of their values.
 */
export interface Pairs {
  /** A value with the two halves of the batch changed over: each row's partner. */
  other(c: Context, value: Value): Value;
  /** value - other: Δ, and for the partner -Δ. */
  delta(c: Context, value: Value): Value;
  /** Halfway between the two. */
  middle(c: Context, value: Value): Value;
}

/** Pairs in a graph whose batch has the size `batch` at the generic point; where it is folded with another axis it is outermost. */
export function pairsOf(batch: number): Pairs {
  const known = new WeakMap<Context["b"], Map<Value, Value>>();
  const other = (c: Context, value: Value): Value => {
    const values = known.get(c.b) ?? new Map<Value, Value>();
    known.set(c.b, values);
    const found = values.get(value) ?? swapped(c, value, batch);
    values.set(value, found);
    return found;
  };
  return {
    other,
    delta: (c, value) => c.b.sub(value, other(c, value)),
    middle: (c, value) => c.b.mul(c.b.add(value, other(c, value)), c.b.scalar(0.5, value)),
  };
}

function swapped({ b, dims }: Context, value: Value, batch: number): Value {
  const axes = dims(value).flatMap((size, axis) => (size > 0 && size % batch === 0 ? [axis] : []));
  if (axes.length === 0) return value; // the same for all rows
  if (axes.length > 1) throw new GraphError("unclear layout", `the rows of the batch in ${value} of [${dims(value)}]`);
  const [axis] = axes;
  const half = b.div(b.dim(value, axis), b.integers([2]));
  return b.concat(
    [b.slice(value, axis, half, b.integers([Number.MAX_SAFE_INTEGER])), b.slice(value, axis, 0, half)],
    axis,
  );
}

/** The node as it would be with other inputs. */
export const withInputs = (node: Node, change: (value: Value) => Value): Node => ({
  ...node,
  inputs: node.inputs.map((v) => (v === "" ? v : change(v))),
});
