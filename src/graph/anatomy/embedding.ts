import type { Graph, Node, Value } from "../../onnx/model";
import { GraphError } from "../error";
import type { ModelInput } from "../inputs";
import type { Facts } from "../shapes";
import { topologyOf } from "../topology";
import type { Tap } from "./sites";

const unchanged = new Set([
  "Identity",
  "Cast",
  "Transpose",
  "Reshape",
  "Unsqueeze",
  "Squeeze",
  "Flatten",
  "Clip",
  "Slice",
]);

/** Where the input becomes activations. */
export interface Embedding {
  /** The rows of the word table, [B, T, e], or the pixels. */
  readonly sources: readonly Value[];
  /** The look-up of the word table; null for images. */
  readonly lookup: Node | null;
  /** The rows and how they are laid out, where that is told by their shape; null for images. */
  readonly rows: Tap | null;
}

/** Finds the look-up of the token ids in a table; images start at their pixels. */
export function embeddingOf(graph: Graph, inputs: readonly ModelInput[], facts: Facts): Embedding {
  const ids = inputs.find((i) => i.role === "ids");
  const pixels = inputs.find((i) => i.role === "pixels");
  if (ids && pixels)
    throw new GraphError("not a transformer of text or images", "the graph takes both token ids and pixels");
  if (pixels) return { sources: [pixels.name], lookup: null, rows: null };
  if (!ids)
    throw new GraphError("not a transformer of text or images", "the graph takes neither input_ids nor pixel_values");
  const lookups = lookupsOf(graph, ids.name, facts);
  if (lookups.length === 0)
    throw new GraphError("not a transformer of text or images", `no table is read at ${ids.name}`);
  return { sources: lookups.map((n) => dequantised(graph, n.outputs[0], facts)), lookup: lookups[0], rows: null };
}

/** The look-ups that reach the answers: optimisers leave one behind whose shape alone is read. */
export function reaching(graph: Graph, embedding: Embedding, has: (value: Value) => boolean): Embedding {
  const sources = embedding.sources.filter(has);
  if (!embedding.lookup || sources.length === 0) return embedding;
  const { producer } = topologyOf(graph);
  let lookup = producer.get(sources[0]);
  while (lookup && (lookup.opType === "DequantizeLinear" || lookup.opType === "Cast"))
    lookup = producer.get(lookup.inputs[0]);
  return { ...embedding, sources, lookup: lookup ?? embedding.lookup };
}

/** Rows of a table of integers behind what makes numbers of them. */
function dequantised(graph: Graph, rows: Value, facts: Facts): Value {
  if (!/int/.test(facts.of(rows).dtype ?? "")) return rows;
  const readers = topologyOf(graph).consumers.get(rows) ?? [];
  const [reader] = readers;
  return readers.length === 1 && (reader.opType === "DequantizeLinear" || reader.opType === "Cast")
    ? dequantised(graph, reader.outputs[0], facts)
    : rows;
}

function lookupsOf(graph: Graph, ids: Value, facts: Facts): Node[] {
  const { consumers } = topologyOf(graph);
  const found: Node[] = [];
  const pending = [ids];
  while (pending.length > 0) {
    for (const node of consumers.get(pending.pop() as Value) ?? []) {
      const reads =
        (node.opType === "Gather" || node.opType === "GatherBlockQuantized") && node.inputs[1] !== undefined;
      const table = reads && facts.dims(node.inputs[0]);
      if (table && table.length === 2 && table[0] > 1 && facts.of(node.inputs[0]).dtype !== "int64") {
        if (!found.includes(node)) found.push(node);
      } else if (unchanged.has(node.opType)) pending.push(node.outputs[0]);
    }
  }
  return found;
}
