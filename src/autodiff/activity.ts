import type { Facts } from "../graph/shapes";
import { readsOf } from "../graph/topology";
import type { Node, Value } from "../onnx/model";
import { isStop, isStraight, type Rules } from "./gradient";

const floating = new Set(["float32", "float64", "float16", "bfloat16", null]);

/**
 * The values that depend on `sources` in a way that can be differentiated: through operators that don't stop, and through
 * integers only where an operator passes straight through. A node without a rule counts as one that passes on, so that
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
    node.outputs.forEach((output, i) => {
      if (output && (straight ? straight.includes(i) : floating.has(facts.of(output).dtype))) active.add(output);
    });
  }
  return active;
}
