import type { Value } from "../../onnx/model";
import type { Canonical } from "../canonicalise";
import { hasShapeRule } from "../shapes";
import { readsOf } from "../topology";
import { type Flow, isProduct } from "./flow";
import type { Layout } from "./layout";
import type { AttentionSite, Tap } from "./sites";

/** The running sum between the attention sites. */
export interface Residual {
  /** After 0, 1, .. L layers, each [B, T, d]; what enters the first layer is 0. */
  readonly layers: readonly Tap[];
  /** After the final norm, where the last layer is followed by one. */
  readonly finalNorm: Tap | null;
}

/**
 * Finds the residual stream among the cuts of the flow: what enters a layer is the last value before its scores that
 * everything passes. Where each sum is normed before the next layer reads it (post-norm), as many steps follow the last
 * sum too. Null where no cut has the form [B, T, d].
 */
export function residualOf(canonical: Canonical, flow: Flow, sites: readonly AttentionSite[]): Residual | null {
  const { facts } = canonical;
  const last = sites[sites.length - 1];
  const tokens = tokensOf(canonical, last);
  const tap = (value: Value): Tap | null => {
    const layout = streamLayout(facts.dims(value), canonical, tokens);
    return layout && { value, layout };
  };
  const at = (value: Value) => flow.indexOf.get(value) as number;
  const cuts = flow.cuts.filter((v) => !isView(flow, v)).map((value) => ({ value, index: at(value), tap: tap(value) }));
  const before = (index: number) => [...cuts].reverse().find((c) => c.index < index && c.tap);
  const entries = sites.map((site) => before(site.index));
  if (entries.some((e) => !e)) return null;

  const sums = cuts.filter((c, i) => isJoin(flow, c.value, cuts[i - 1]?.index ?? -1));
  // A sum of unknown shape may be one of the stream: which is the last then can't be told.
  if (sums.some((c) => !facts.dims(c.value))) return null;
  const joins = sums.filter((c) => c.tap);
  const end = joins[joins.length - 1];
  if (!end || end.index < last.index) return null;
  const steps = stepsAfterSum(
    cuts.map((c) => c.index),
    joins.map((j) => j.index),
    entries.map((e) => e!.index),
  );
  const place = cuts.indexOf(end);
  const final = cuts[place + steps];
  if (!final?.tap) return null;
  const width = facts.dims(final.value)?.[facts.dims(final.value)!.length - 1];
  const normed = normAfter(flow, cuts.slice(place + steps + 1), width, facts);
  return { layers: [...entries.map((e) => e!.tap!), final.tap], finalNorm: normed?.tap ?? null };
}

/** The number of keys at the generic point. */
export const tokensOf = (canonical: Canonical, site: Pick<AttentionSite, "probs">): number => {
  const dims = canonical.facts.dims(site.probs.value) as readonly number[];
  return dims[site.probs.layout.axes.findIndex((roles) => roles.includes("key"))];
};

/** [B, T, d], [T, B, d] or [B·T, d]; [1, T, d] and [T, d] too where the graph takes one row only. */
export function streamLayout(
  dims: readonly number[] | null,
  { point, inputs }: Canonical,
  tokens: number,
): Layout | null {
  if (!dims) return null;
  const one = inputs.some((i) => (i.role === "ids" || i.role === "pixels") && i.dims?.[0] === 1);
  const rows = one ? 1 : point.batch;
  const layout = (...axes: Layout["axes"]): Layout => ({ axes, heads: 1 });
  const [first, second] = dims;
  if (dims.length === 3 && first === rows && second === tokens) return layout(["batch"], ["token"], ["width"]);
  if (dims.length === 3 && first === tokens && second === rows) return layout(["token"], ["batch"], ["width"]);
  if (dims.length === 3 && first === rows && dims[2] === tokens) return layout(["batch"], ["width"], ["token"]);
  return dims.length === 2 && first === rows * tokens ? layout(["batch", "token"], ["width"]) : null;
}

const views = new Set(["Identity", "Cast", "Reshape", "Transpose", "Unsqueeze", "Squeeze", "Dropout"]);

/** A cut that only shows another one differently. */
const isView = (flow: Flow, value: Value): boolean => views.has(flow.producer.get(value)?.opType ?? "");

/** Whether a cut sums two activations of which one went through a product since the cut before. */
function isJoin(flow: Flow, value: Value, since: number): boolean {
  const node = flow.producer.get(value);
  if (!node || (node.opType !== "Add" && node.opType !== "Sum") || node.inputs.filter((v) => flow.has(v)).length < 2)
    return false;
  const pending = node.inputs.filter((v) => flow.has(v));
  const seen = new Set<Value>();
  while (pending.length > 0) {
    const v = pending.pop() as Value;
    if (seen.has(v) || (flow.indexOf.get(v) as number) <= since) continue;
    seen.add(v);
    const producer = flow.producer.get(v);
    if (!producer) continue;
    // Experts multiply inside; what an operator without a rule does, nobody knows.
    if (isProduct(producer) || /^Q?MoE$/.test(producer.opType) || !hasShapeRule(producer.opType)) return true;
    pending.push(...readsOf(producer).filter((x) => flow.has(x)));
  }
  return false;
}

/** How many cuts lie between a sum and what the next layer reads: none in a pre-norm model, the norm's in a post-norm one. */
function stepsAfterSum(cuts: readonly number[], joins: readonly number[], entries: readonly number[]): number {
  const place = (index: number) => cuts.indexOf(index);
  for (const entry of entries.slice(1).reverse()) {
    const join = [...joins].reverse().find((j) => j <= entry);
    if (join !== undefined) return place(entry) - place(join);
  }
  // One layer: what lies between its own two sums.
  const own = joins.filter((j) => j > entries[0]);
  return own.length >= 2 ? place(own[1]) - place(own[0]) - 1 : 0;
}

interface Cut {
  readonly value: Value;
  readonly index: number;
  readonly tap: Tap | null;
}

/** The last value of the stream's width before the next product or selection of rows. */
function normAfter(flow: Flow, rest: readonly Cut[], width: number | undefined, facts: Canonical["facts"]): Cut | null {
  let normed: Cut | null = null;
  for (const cut of rest) {
    const node = flow.producer.get(cut.value);
    const dims = facts.dims(cut.value);
    if (
      !node ||
      !cut.tap ||
      isProduct(node) ||
      node.opType === "Gather" ||
      node.opType === "Slice" ||
      dims?.[dims.length - 1] !== width
    )
      break;
    normed = cut;
  }
  return normed;
}
