import { GraphError } from "../graph/error";
import type { MethodContext } from "./attribution";
import type { Parameter } from "./parameter";
import type { Place } from "./passes";

/** A place in the residual stream: what a block gives, or what goes into the first. */
export const streamParameter = (fallback: string): Parameter => ({
  id: "layer",
  label: "Layer",
  note: "The stream as a block leaves it; before the first block it is the embeddings with their positions.",
  kind: "layer",
  default: fallback,
  words: ["embedding", "middle", "last"],
});

/**
 * The stream after a block, by its number from 0 or by a word.
 * @throws RangeError for a layer that the model hasn't; GraphError where the stream wasn't found
 */
export function streamAt({ engine, passes }: Pick<MethodContext, "engine" | "passes">, layer: unknown): Place {
  const { layers } = engine;
  const words: Readonly<Record<string, number>> = { embedding: 0, middle: Math.ceil(layers / 2), last: layers };
  const after = typeof layer === "number" ? layer + 1 : words[String(layer)];
  if (after === undefined || after < 0 || after > layers || (typeof layer === "number" && layer < 0))
    throw new RangeError(`no layer: ${layer}; this model has 0 to ${layers - 1}`);
  const place: Place = { at: "residual", layer: after };
  if (!passes.has(place))
    throw new GraphError("no residual stream", `after ${after} blocks: it was not found in this graph`);
  return place;
}
