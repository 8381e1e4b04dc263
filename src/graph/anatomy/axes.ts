import { intsAttribute } from "../../onnx/attributes";
import type { Node, Value } from "../../onnx/model";
import type { Facts } from "../shapes";
import type { Flow } from "./flow";

const product = (dims: readonly number[]): number => dims.reduce((n, d) => n * d, 1);
const reshaping = new Set(["Reshape", "Flatten", "Unsqueeze", "Squeeze"]);

/** Where an axis of a node's input is in its output, both counted from the end (-1 is the last); null where it is merged or split. */
function axisThrough(facts: Facts, node: Node, input: Value, axis: number): number | null {
  const [from, to] = [facts.dims(input), facts.dims(node.outputs[0])];
  if (!from || !to) return null;
  if (node.opType === "Transpose") {
    const perm = intsAttribute(
      node,
      "perm",
      from.map((_, i) => from.length - 1 - i),
    );
    return perm.indexOf(from.length + axis) - to.length;
  }
  if (!reshaping.has(node.opType)) return axis;
  const size = from[from.length + axis];
  const behind = product(axis === -1 ? [] : from.slice(axis + 1));
  for (let at = -1; at >= -to.length; at--) {
    if (to[to.length + at] === size && product(at === -1 ? [] : to.slice(at + 1)) === behind) return at;
  }
  return null;
}

/**
 * Follows an axis along values of which each is made from the one before, by elementwise work or by moving axes.
 * Null where it is merged with another one or split.
 */
export function axisAlong(facts: Facts, flow: Flow, values: readonly Value[], axis: number): number | null {
  let at: number | null = axis;
  for (let i = 1; i < values.length && at !== null; i++) {
    at = axisThrough(facts, flow.producer.get(values[i]) as Node, values[i - 1], at);
  }
  return at;
}
