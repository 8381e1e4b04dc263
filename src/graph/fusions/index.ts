import type { Node, Value } from "../../onnx/model";
import type { Facts } from "../shapes";
import { producersOf, readsOf } from "../topology";
import type { Fusion } from "./fusion";
import { gelu } from "./gelu";
import { layerNorm, rmsNorm } from "./norm";

/**
 * Functions that files spell out, each written as one operator: rules see it as one, and what lies inside it needn't be kept for
 * the way back.
 */
export const fusions: readonly Fusion[] = [gelu, layerNorm, rmsNorm];

/**
 * The nodes with what is spelled out in one operator; what nothing reads any more stays, to be pruned.
 *
 * @param weights the graph's initializers
 */
export function fused(nodes: readonly Node[], facts: Facts, weights: ReadonlyMap<Value, unknown>): readonly Node[] {
  const producer = producersOf(nodes);
  const fixed = (value: Value): boolean => {
    const node = producer.get(value);
    return node ? readsOf(node).every(fixed) : weights.has(value);
  };
  const around = { producer, factOf: (value: Value) => facts.of(value), fixed };
  return nodes.map((node) => {
    for (const fusion of fusions) {
      const one = fusion(node, around);
      if (one) return one;
    }
    return node;
  });
}
