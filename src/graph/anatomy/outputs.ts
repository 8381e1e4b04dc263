import type { Node, Value } from "../../onnx/model";
import type { Canonical } from "../canonicalise";
import { label } from "../error";
import { operatorOf } from "../rewrites";
import { readsOf } from "../topology";
import { type Flow, isProduct } from "./flow";
import { streamLayout } from "./residual";
import type { Tap } from "./sites";

/** Why something wasn't found. */
export type Reason = string;

const rescaling = new Set(["Cast", "Mul", "DequantizeLinear", "Identity"]);

/** A product's result as numbers: behind what gives integers their scale. */
export function numbersOf({ facts }: Canonical, flow: Flow, product: Node): Value | { readonly reason: Reason } {
  let [value] = product.outputs;
  let pending = /int/.test(facts.of(value).dtype ?? "");
  while (pending) {
    const [reader, ...others] = flow.consumers.get(value) ?? [];
    if (!reader || others.length > 0 || !rescaling.has(reader.opType))
      return { reason: `the heads' outputs are integers, ${value}, read by ${reader ? label(reader) : "nothing"}` };
    [value] = reader.outputs;
    pending = reader.opType !== "Mul" && reader.opType !== "DequantizeLinear";
  }
  return value;
}

/** What may bring an activation into a module's output without being the sum with the stream. */
const gates = new Set(["Mul", "Div", "Where"]);

/**
 * What an attention module adds to the stream, after output projection, bias, norm and factor: in the first sum behind its
 * heads of which another part, an activation too, doesn't depend on them.
 */
export function moduleOf(
  canonical: Canonical,
  flow: Flow,
  context: Node,
  tokens: number,
): Tap | { readonly reason: Reason } {
  const { facts, model } = canonical;
  const reached = new Set<Value>(context.outputs);
  const start = model.graph.nodes.indexOf(context);
  for (const node of model.graph.nodes.slice(start + 1)) {
    const reads = readsOf(node).filter((v) => flow.has(v));
    const own = reads.filter((v) => reached.has(v));
    if (own.length === 0) continue;
    if (own.length < reads.length) {
      if (node.opType === "Add" || node.opType === "Sum") {
        const layout = streamLayout(facts.dims(own[0]), canonical, tokens);
        if (own.length === 1 && layout) return { value: own[0], layout };
        return { reason: `what ${label(node)} adds to the stream is of [${facts.dims(own[0]) ?? "?"}]` };
      }
      if (isProduct(node) || !gates.has(node.opType))
        return { reason: `its output meets the stream in ${operatorOf(node)} (${label(node)}), not in a sum` };
    }
    for (const output of node.outputs) if (flow.has(output)) reached.add(output);
  }
  return { reason: "no sum adds its output to the stream" };
}
