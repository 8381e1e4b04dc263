import { isProduct } from "../../graph/anatomy/flow";
import { GraphError, label } from "../../graph/error";
import { operatorOf } from "../../graph/rewrites";
import type { Node, Value } from "../../onnx/model";
import { activations } from "./activations";
import { norms } from "./norms";
import { liveNodes, type Reading, stoppedDeviations, stoppedGates } from "./reading";

const kinds = ["norm", "activation", "product"] as const;
type Kind = (typeof kinds)[number];

/** What was found between two values of the residual stream. */
export interface LayerCount {
  readonly layer: number;
  /** The sizes of its weights, biases and scales: layers that share them are of the same make. */
  readonly make: string;
  /** Norms, activations, and products of two values that both carry relevance. */
  readonly found: Readonly<Record<Kind, readonly Node[]>>;
}

export function countLayers(reading: Reading): readonly LayerCount[] {
  const { graph, around, cuts } = reading;
  const stopped = new Map([...stoppedDeviations(reading), ...stoppedGates(reading)]);
  const active = reading.activeBeside(stopped);
  const live = liveNodes(reading, active);
  const place = new Map(graph.nodes.map((node, i) => [node, i]));
  const at = cuts.map((cut) => {
    const node = around.producer.get(cut);
    return node ? (place.get(node) as number) : -1;
  });
  return at.slice(1).map((end, layer): LayerCount => {
    const nodes = graph.nodes.slice(at[layer] + 1, end + 1);
    const found: Record<Kind, Node[]> = { norm: [], activation: [], product: [] };
    const weights: string[] = [];
    for (const node of nodes) {
      const kind = reading.deviations.has(node) ? "norm" : live.has(node) ? kindOf(node, reading, active) : null;
      if (kind) found[kind].push(node);
      if (live.has(node)) weights.push(...weightsOf(node, reading));
    }
    return { layer, make: weights.sort().join(" "), found };
  });
}

/** The sizes of a node's weights; single numbers belong to formulas, integers to shapes. */
function weightsOf(node: Node, { facts, fixed }: Reading): readonly string[] {
  const weights = node.inputs.filter((v) => fixed(v) && (isProduct(node) || /float/.test(facts.of(v).dtype ?? "")));
  return weights.map((v) => `${facts.dims(v)?.filter((d) => d > 1)}`).filter((sizes) => sizes !== "");
}

function kindOf(node: Node, reading: Reading, active: ReadonlySet<Value>): Kind | null {
  const operator = operatorOf(node);
  if (operator in norms) return "norm";
  if (reading.gates.has(node) || operator in activations || /Relu$/.test(operator)) return "activation";
  const both = (operator === "Mul" || isProduct(node)) && node.inputs.slice(0, 2).every((v) => active.has(v));
  return both ? "product" : null;
}

/**
 * A norm or a gate that isn't found makes relevance wrong without a sign of it, so what is found must be alike in layers
 * that are.
 *
 * @throws GraphError that names what layers of the same make have unlike numbers of.
 */
export function refuseUnlikeLayers(reading: Reading): void {
  const first = new Map<string, LayerCount>();
  for (const count of countLayers(reading)) {
    const other = first.get(count.make);
    if (!other) {
      first.set(count.make, count);
      continue;
    }
    const kind = kinds.find((k) => count.found[k].length !== other.found[k].length);
    if (!kind) continue;
    const told = [other, count].map((c) => {
      const nodes = c.found[kind];
      return `${nodes.length} in layer ${c.layer}${nodes.length > 0 ? ` (${nodes.map(label).join(", ")})` : ""}`;
    });
    throw new GraphError(
      "unsupported form",
      `layers of the same make with unlike numbers of ${kind}s, ${told.join(" and ")}; one of them reads otherwise than it should`,
      null,
      [...other.found[kind], ...count.found[kind]].map(label),
    );
  }
}
