import type { Node, Value } from "../onnx/model";
import type { Facts } from "./shapes";

/** Operators that pass numbers on as they are, in another shape or type. */
const passing = new Set(["Cast", "Identity", "Squeeze", "Unsqueeze", "Reshape", "Flatten"]);

/** What a condition is made of. */
interface Around {
  readonly producer: ReadonlyMap<Value, Node>;
  readonly facts: Pick<Facts, "of">;
  /** The graph's initializers. */
  readonly weights: ReadonlyMap<Value, unknown>;
}

/**
 * Whether a condition holds (or doesn't) at every size of the inputs; null where that depends on them, or isn't known. Two
 * sizes that are equal at the point of the facts are always equal; two that differ there may be equal elsewhere, unless
 * they are constants. A size and a constant are left open: the point's number may be the constant by chance.
 */
export function decided(condition: Value, around: Around): boolean | null {
  const { producer, facts, weights } = around;
  const node = producer.get(condition);
  const single = (value: Value): number | null => {
    const known = facts.of(value).value;
    return known?.length === 1 ? known[0]! : null;
  };
  if (!node) {
    const known = weights.has(condition) ? single(condition) : null;
    return known === null ? null : known !== 0;
  }
  const of = (input: Value): boolean | null => decided(input, around);
  const [a, b] = node.inputs as [Value, Value];
  if (passing.has(node.opType)) return of(a);
  if (node.opType === "Not") {
    const inner = of(a);
    return inner === null ? null : !inner;
  }
  if (node.opType === "And" || node.opType === "Or") {
    const both = [of(a), of(b)];
    const settles = node.opType === "Or";
    if (both.includes(settles)) return settles;
    return both.includes(null) ? null : !settles;
  }
  if (node.opType === "Equal") {
    const [x, y] = [single(a), single(b)];
    if (x === null || y === null) return null;
    const constants = Number(weights.has(a)) + Number(weights.has(b));
    if (x === y) return constants === 1 ? null : true;
    return constants === 2 ? false : null;
  }
  return null;
}
