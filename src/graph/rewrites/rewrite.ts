import type { Node, Value } from "../../onnx/model";
import type { Builder } from "../builder";
import { GraphError } from "../error";
import type { Fact } from "../shapes";

/** What a rewrite may ask of the graph around its node. */
export interface Surroundings {
  factOf(value: Value): Fact;
}

/**
 * Writes one node in other operators: emits them through `b` and ends by giving the results the node's output names.
 * Returns false where the node is fine as it is; throws a GraphError for a form that it can't express.
 */
export type Rewrite = (b: Builder, node: Node, around: Surroundings) => undefined | false;

/**
 * Throws where a node has an attribute, or an input at or behind `inputs`, that its rewrite doesn't read: a later version
 * of the operator gives it another meaning, which leaving it out would change silently.
 */
export function refuseOthers(node: Node, attributes: string, inputs: number): void {
  const known = attributes.split(" ");
  const other = [...node.attributes.keys()].find((name) => !known.includes(name));
  if (other) throw new GraphError("unsupported form", `${node.opType} with ${other}`, node);
  const place = node.inputs.findIndex((v, i) => v !== "" && i >= inputs);
  if (place >= 0) throw new GraphError("unsupported form", `${node.opType} with input ${place}`, node);
}

/** Whether a node's optional input or output is there. */
export const present = (names: readonly Value[], index: number): boolean => (names[index] ?? "") !== "";
