import type { Node, Value } from "../../onnx/model";
import type { Builder } from "../builder";
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

/** Whether a node's optional input or output is there. */
export const present = (names: readonly Value[], index: number): boolean => (names[index] ?? "") !== "";
