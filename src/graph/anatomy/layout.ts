import type { Node } from "../../onnx/model";
import { GraphError } from "../error";
import type { Point } from "../inputs";

export type Role = "batch" | "head" | "token" | "key" | "width";

/** What each axis of a value stands for; an axis of several roles has them folded, outermost first. */
export interface Layout {
  readonly axes: readonly (readonly Role[])[];
  /** The sizes of several head axes, outermost first; their product is the number of heads. */
  readonly heads: number;
}

/** What is known of a value's axes beforehand, by axis. */
export type Known = Readonly<Partial<Record<number, Role>>>;

/**
 * Tells batch, heads and tokens of a value apart by its sizes at the generic point. `tokens` is the number of tokens
 * there, and `foldedTokens` which of tokens and heads is outermost where one axis holds both. Throws where two readings are possible.
 */
export function layoutOf(
  dims: readonly number[],
  known: Known,
  point: Point,
  tokens: number,
  node: Node,
  foldedTokens: readonly Role[] | null = null,
): Layout {
  const unclear = (why: string) => new GraphError("unclear layout", `[${dims}]: ${why}`, node);
  let batches = 0;
  let folded = false;
  let heads = 1;
  let tokenAxes = Object.values(known).includes("token") ? 1 : 0;
  const axes = dims.map((size, axis): readonly Role[] => {
    const role = known[axis];
    if (role === "token" && size !== tokens) {
      if (!foldedTokens || size % tokens !== 0) throw unclear(`axis ${axis} holds more than the ${tokens} tokens`);
      heads *= size / tokens;
      return foldedTokens;
    }
    if (role) return [role];
    if (size === point.batch) {
      batches++;
      return ["batch"];
    }
    if (size % point.batch === 0) {
      batches++;
      folded = true;
      heads *= size / point.batch;
      return ["batch", "head"];
    }
    if (size === tokens && tokenAxes === 0) {
      tokenAxes++;
      return ["token"];
    }
    heads *= size;
    return ["head"];
  });
  if (batches > 1) throw unclear("two axes vary with the batch");
  if (folded && axes.some((roles) => roles.length === 1 && roles[0] === "head" && heads > 1 && !everyOne(dims, axes))) {
    throw unclear("the batch is folded with something besides heads, such as windows");
  }
  if (tokenAxes !== 1) throw unclear(`no axis of ${tokens} tokens`);
  return { axes, heads };
}

const everyOne = (dims: readonly number[], axes: readonly (readonly Role[])[]): boolean =>
  dims.every((d, i) => !(axes[i].length === 1 && axes[i][0] === "head") || d === 1);
