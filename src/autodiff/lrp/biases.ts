import { operatorOf } from "../../graph/rewrites";
import type { Node, Value } from "../../onnx/model";
import { liveNodes, type Reading, type Stopped } from "./reading";

const sums = new Set(["Add", "Sub", "Sum", "Mean", "Concat", "Where", "Max", "Min"]);
const norms = new Set(["LayerNormalization"]);
/** Where other operators add a value to a product. */
const addedAt: Readonly<Record<string, number>> = { Gemm: 2, Conv: 2 };

/**
 * The values that take relevance beside the embedding: biases, and embeddings of positions and segments. With them the
 * relevance of inputs sums to the target where the rules conserve it.
 */
export function biasesOf(reading: Reading, stopped: Stopped): readonly Value[] {
  const active = reading.activeBeside(stopped);
  const added = (node: Node): readonly Value[] => {
    const operator = operatorOf(node);
    if (norms.has(operator)) return node.inputs.slice(2, 3);
    if (operator in addedAt) return node.inputs.slice(addedAt[operator], addedAt[operator] + 1);
    return sums.has(operator) ? node.inputs : [];
  };
  const biases = [...liveNodes(reading, active)].flatMap((node) =>
    added(node).filter((v) => v !== "" && !active.has(v) && /float/.test(reading.facts.of(v).dtype ?? "")),
  );
  return [...new Set(biases)];
}
