import type { Node } from "../onnx/model";

export type GraphErrorKind =
  | "unsupported operator"
  | "unsupported form"
  | "no attention"
  | "encoder-decoder"
  | "unknown input"
  | "no shape"
  | "unclear layout"
  | "no residual stream"
  | "no gradient"
  | "not a transformer of text or images";

/** What the graph work stops for. `message` is `kind thing: value (node)`. */
export class GraphError extends Error {
  constructor(
    readonly kind: GraphErrorKind,
    what: string,
    readonly node: Node | null = null,
    /** Other nodes that stop for the same reason, by name. */
    readonly nodes: readonly string[] = [],
  ) {
    super(`${kind}: ${what}${node ? ` (${label(node)})` : ""}`);
    this.name = "GraphError";
  }
}

/** A node as errors name it: its name, or its first output where the file gave it none. */
export const label = (node: Node): string => node.name || node.outputs.find((v) => v) || node.opType;
