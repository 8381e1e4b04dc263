import { operatorOf } from "../../graph/rewrites";
import type { Node, Value } from "../../onnx/model";
import { dependence, multiples, type Surroundings } from "./pointwise";

/**
 * The products x · gate(x) of spelled-out activations (and quotients x / (1 + exp(−x))), each with the value that is its
 * gate: a curve of the other operand, element by element, that nothing else reads.
 */
export function gatesOf(nodes: readonly Node[], around: Surroundings): ReadonlyMap<Node, Value> {
  const gates = new Map<Node, Value>();
  for (const node of nodes) {
    const operator = operatorOf(node);
    const [x, y] = node.inputs;
    if ((operator !== "Mul" && operator !== "Div") || x === y || !around.active(x) || !around.active(y)) continue;
    const isGate = (gate: Value, other: Value) =>
      multiples(other, around).some((on) => dependence(gate, on, around) === "bent");
    const gate = isGate(y, x) ? y : operator === "Mul" && isGate(x, y) ? x : null;
    if (gate !== null) gates.set(node, gate);
  }
  // A value that something else reads too is more than a gate.
  for (const [node, gate] of gates)
    if (around.consumers.get(gate)?.some((reader) => gates.get(reader) !== gate)) gates.delete(node);
  return gates;
}

/** Operators that an activation ends in. */
const activations = new Set(
  "Relu LeakyRelu PRelu Elu Celu Selu ThresholdedRelu Sigmoid HardSigmoid Tanh Softplus Softsign Gelu HardSwish Swish Mish com.microsoft:Gelu com.microsoft:FastGelu".split(
    " ",
  ),
);

/** Which operand of a product of two activations is the gate: the only one that comes from an activation function. */
export function gatedSide(node: Node, gates: ReadonlyMap<Node, Value>, around: Surroundings): Value | null {
  const fromActivation = (value: Value): boolean =>
    multiples(value, around).some((v) => {
      const producer = around.producer.get(v);
      return producer !== undefined && (gates.has(producer) || activations.has(operatorOf(producer)));
    });
  const sides = node.inputs.filter(fromActivation);
  const [gate] = sides;
  return sides.length === 1 && around.consumers.get(gate)?.every((reader) => reader === node) ? gate : null;
}
