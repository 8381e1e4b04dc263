import { decodeModel } from "../../onnx/decode";
import { encodeModel } from "../../onnx/encode";
import type { Node } from "../../onnx/model";

const isAngle = ({ opType, domain }: Node): boolean => domain === "" && (opType === "Sin" || opType === "Cos");

/**
 * The graph with a name for each of its sines and cosines, and these names. WGSL allows them to be off by 2^-11, which
 * rotary positions carry into every score; their tables are small, so the CPU can compute them.
 */
export function namedAngles(graph: Uint8Array): { graph: Uint8Array; names: readonly string[] } {
  const model = decodeModel(graph);
  const nodes = model.graph.nodes.map((n) =>
    isAngle(n) && n.name === "" ? { ...n, name: `angle/${n.outputs[0]}` } : n,
  );
  const names = nodes.filter(isAngle).map((n) => n.name);
  const unnamed = model.graph.nodes.some((n, i) => n !== nodes[i]);
  return { graph: unnamed ? encodeModel({ ...model, graph: { ...model.graph, nodes } }) : graph, names };
}
