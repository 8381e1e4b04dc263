import { operatorOf } from "../../graph/rewrites";
import type { Facts } from "../../graph/shapes";
import type { Node, Value } from "../../onnx/model";
import type { Surroundings } from "./pointwise";

/** What stands between a mean of squares and its root. */
const between = new Set(
  "Add Sub Mul Div Max Min Clip Relu Where Cast Identity Reshape Unsqueeze Squeeze Expand Reciprocal".split(" "),
);
const means = new Set(["ReduceMean", "ReduceSum"]);
const same = new Set(["Cast", "Identity"]);

/**
 * The nodes that give the standard deviation, the root mean square or the length of a spelled-out norm (or one over it):
 * a root of a mean or a sum of squares.
 */
export function deviationsOf(nodes: readonly Node[], facts: Facts, around: Surroundings): ReadonlySet<Node> {
  const powerOf = ({ inputs }: Node): number | null => {
    const power = facts.of(inputs[1]).value;
    return power?.every((p) => p === power[0]) ? power[0] : null;
  };
  const isSquare = (value: Value): boolean => {
    const node = around.producer.get(value);
    if (!node) return false;
    const operator = operatorOf(node);
    if (same.has(operator)) return isSquare(node.inputs[0]);
    return operator === "Pow" ? powerOf(node) === 2 : operator === "Mul" && node.inputs[0] === node.inputs[1];
  };
  const isMeanOfSquares = (value: Value, seen: Set<Value>): boolean => {
    const node = around.producer.get(value);
    if (!node || seen.has(value) || !around.active(value)) return false;
    seen.add(value);
    const operator = operatorOf(node);
    if (operator === "ReduceSumSquare") return true;
    if (means.has(operator)) return isSquare(node.inputs[0]);
    return between.has(operator) && node.inputs.some((v) => isMeanOfSquares(v, seen));
  };
  const isRoot = (node: Node): boolean => {
    const operator = operatorOf(node);
    return operator === "Sqrt" || (operator === "Pow" && Math.abs(powerOf(node) ?? 0) === 0.5);
  };
  return new Set(
    nodes.filter(
      (node) =>
        around.active(node.inputs[0]) &&
        (operatorOf(node) === "ReduceL2" || (isRoot(node) && isMeanOfSquares(node.inputs[0], new Set()))),
    ),
  );
}
