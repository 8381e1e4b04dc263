import type { Attribute, Graph, Node } from "../../onnx/model";
import type { DType } from "../../tensor/tensor";

/** What is known of a value with every symbolic dimension set to its own number. */
export interface Fact {
  readonly dtype: DType | null;
  readonly dims: readonly number[] | null;
  /** The elements, row major, of small tensors that shapes are computed from. */
  readonly value?: readonly number[];
}

export const unknown: Fact = { dtype: null, dims: null };

export interface RuleContext {
  readonly opset: number;
  /** Facts of the outputs of a subgraph that captures values of this one. */
  evaluate(graph: Graph): readonly Fact[];
}

/** Facts of a node's outputs from those of its inputs; an absent optional input is null. */
export type ShapeRule = (node: Node, inputs: readonly (Fact | null)[], context: RuleContext) => readonly Fact[];

export const like = (fact: Fact | null | undefined, dtype: DType | null = fact?.dtype ?? null): Fact => ({
  dtype,
  dims: fact?.dims ?? null,
});

/** A non-negative axis. */
export const axisIn = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

/** Values of more elements than this are not followed. */
export const followed = 512;

/** NumPy broadcasting; null where a rank is unknown, and throws where sizes don't fit. */
export function broadcast(...all: (readonly number[] | null | undefined)[]): readonly number[] | null {
  if (all.some((d) => !d)) return null;
  const shapes = all as (readonly number[])[];
  const rank = Math.max(0, ...shapes.map((s) => s.length));
  return Array.from({ length: rank }, (_, axis) => {
    let size = 1;
    for (const shape of shapes) {
      const d = shape[axis - rank + shape.length] ?? 1;
      if (d === 1 || d === size) continue;
      if (size !== 1) throw new Error(`shapes do not broadcast: ${shapes.map((s) => `[${s}]`).join(" and ")}`);
      size = d;
    }
    return size;
  });
}

/** Integers of an input tensor (from opset 13 on) or of the attribute that it replaced. */
export function axesOf(
  node: Node,
  inputs: readonly (Fact | null)[],
  index: number,
  name = "axes",
): readonly number[] | null {
  const given = inputs[index];
  if (given) return given.value ?? null;
  const attribute: Attribute | undefined = node.attributes.get(name);
  return attribute?.type === "ints" ? attribute.value.map(Number) : null;
}
