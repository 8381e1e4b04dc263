import type { Facts } from "../graph/shapes";
import { readsOf } from "../graph/topology";
import type { Node, Value } from "../onnx/model";
import type { DType } from "../tensor/tensor";
import { isStop, isStraight, type Rules } from "./gradient";

const floating = new Set<DType | null>(["float32", "float64", "float16", "bfloat16", null]);
/** What quantised activations are held in. */
const quantised = new Set<DType>(["int8", "uint8", "int16", "uint16", "int32"]);

/**
 * The values that depend on `sources` in a way that can be differentiated: through operators that don't stop, and through
 * integers where an operator passes straight through and where what moves elements moves such integers. A node without a rule counts as one that passes on, so that
 * the walker can name it.
 */
export function activeValues(
  nodes: readonly Node[],
  facts: Facts,
  sources: readonly Value[],
  rules: Rules,
): ReadonlySet<Value> {
  const active = new Set(sources);
  for (const node of nodes) {
    if (!readsOf(node).some((v) => active.has(v))) continue;
    const entry = rules(node);
    if (entry && isStop(entry)) continue;
    const straight = entry && isStraight(entry) ? entry.outputs : null;
    const carried = new Set(node.inputs.flatMap((v) => (active.has(v) ? [facts.of(v).dtype] : [])));
    const passes = (dtype: DType | null) =>
      floating.has(dtype) || (dtype !== null && quantised.has(dtype) && carried.has(dtype));
    node.outputs.forEach((output, i) => {
      if (output && (straight ? straight.includes(i) : passes(facts.of(output).dtype))) active.add(output);
    });
  }
  return active;
}

/** Nodes that a way back from the answers to `sources` meets without knowing a rule. `matters`: whether answers depend on a value. */
export function unruledNodes(
  nodes: readonly Node[],
  facts: Facts,
  sources: readonly Value[],
  rules: Rules,
  matters: (value: Value) => boolean,
): readonly Node[] {
  const active = activeValues(nodes, facts, sources, rules);
  return nodes.filter(
    (node) =>
      !rules(node) &&
      readsOf(node).some((v) => active.has(v)) &&
      node.outputs.some((v) => active.has(v) && matters(v) && !sources.includes(v)),
  );
}
