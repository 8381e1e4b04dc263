import type { Node, Value } from "../../onnx/model";
import { operatorOf } from "../rewrites";
import type { Fact } from "../shapes";

/** What a fusion may ask of the graph around its node. */
export interface Surroundings {
  readonly producer: ReadonlyMap<Value, Node>;
  factOf(value: Value): Fact;
  /** Whether a value is a weight, or made of weights alone. */
  fixed(value: Value): boolean;
}

/**
 * One operator that gives what `node` gives, where that is the last of the nodes that spell a known function out; null where
 * it isn't. What only those read then falls away.
 */
export type Fusion = (node: Node, around: Surroundings) => Node | null;

/** The one number that a constant holds, however often. */
export function numberOf(value: Value, { factOf }: Surroundings): number | null {
  const numbers = factOf(value).value;
  return numbers && numbers.length > 0 && numbers.every((n) => n === numbers[0]) ? Number(numbers[0]) : null;
}

/** The node that gives a value, where it is one of these operators; casts that change nothing are looked through. */
export function giverOf(value: Value, operators: string, around: Surroundings): Node | null {
  const node = around.producer.get(value);
  if (!node) return null;
  if (isSame(node, around)) return giverOf(node.inputs[0], operators, around);
  return operators.split(" ").includes(operatorOf(node)) ? node : null;
}

/** A value without the casts before it that change nothing. */
export function plain(value: Value, around: Surroundings): Value {
  const node = around.producer.get(value);
  return node && isSame(node, around) ? plain(node.inputs[0], around) : value;
}

/** Whether a node passes its input on as it is. */
export const isSame = (node: Node, { factOf }: Surroundings): boolean =>
  operatorOf(node) === "Identity" ||
  (operatorOf(node) === "Cast" &&
    factOf(node.inputs[0]).dtype === "float32" &&
    factOf(node.outputs[0]).dtype === "float32");
