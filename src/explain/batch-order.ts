import type { Anatomy, AttentionSite, Layout, Tap } from "../graph/anatomy";
import { readTap } from "../graph/anatomy/read";
import type { Canonical } from "../graph/canonicalise";
import { GraphError } from "../graph/error";
import type { Tensor } from "../tensor/tensor";
import type { TokenBatch } from "./feeds";
import { rowsOf, textsFor } from "./probe";

type Run = (batch: TokenBatch, fetches: readonly string[]) => Promise<Record<string, Tensor>>;
type Columns = "key" | "width";

/** Whether rows of the batch share an axis with heads or tokens: sizes don't tell which of them is outermost. */
const isFolded = ({ axes }: Layout): boolean => axes.some((roles) => roles.length > 1 && roles.includes("batch"));

const turned = (layout: Layout): Layout => ({
  ...layout,
  axes: layout.axes.map((roles) => (roles.includes("batch") ? [...roles].reverse() : roles)),
});

/**
 * The anatomy with folded batches in the order that the graph has them, found by running two rows together and one of
 * them alone. As it was where nothing is folded, or where the graph takes one row only.
 */
export async function inBatchOrder({ inputs, facts }: Canonical, anatomy: Anatomy, run: Run): Promise<Anatomy> {
  const ids = inputs.find((i) => i.role === "ids");
  const stream = anatomy.residual ? [...anatomy.residual.layers, ...[anatomy.residual.finalNorm ?? []].flat()] : [];
  const folded = [
    ...anatomy.sites.flatMap((s) =>
      [s.probs, s.q, s.k, s.v, s.mixed ?? [], s.module ?? []]
        .flat()
        .map((tap) => ({ tap, columns: columnsOf(s, tap), site: s })),
    ),
    ...[anatomy.embedding.rows ?? []].flat().map((tap) => ({ tap, columns: "width" as const, site: null })),
    ...stream.map((tap) => ({ tap, columns: "width" as const, site: null })),
  ].filter(({ tap }) => isFolded(tap.layout));
  if (folded.length === 0 || !ids || typeof ids.dims?.[0] === "number") return anatomy;
  const names = [...new Set(folded.map(({ tap }) => tap.value))];
  const texts = textsFor(facts, anatomy.embedding);
  const together = await run(rowsOf(texts), names);
  const alone = await run(rowsOf(texts.slice(1)), names);
  const tokens = texts[0].length;
  const orders = new Map<Tap, Tap>();
  for (const { tap, columns, site } of folded) {
    const wanted = readTap(alone[tap.value], tap.layout, { batch: 1, tokens }, columns).data as Float32Array;
    const [best] = [tap.layout, turned(tap.layout)]
      .map((layout) => {
        const found = readTap(together[tap.value], layout, { batch: 2, tokens }, columns, 1).data as Float32Array;
        return { layout, error: difference(found, wanted) };
      })
      .sort((a, b) => a.error - b.error);
    // Quantised activations depend a little on what else is in the batch.
    if (!(best.error <= 0.2))
      throw new GraphError("unclear layout", `rows of the batch in ${tap.value}`, site?.softmax);
    orders.set(tap, { ...tap, layout: best.layout });
  }
  const ordered = (tap: Tap): Tap => orders.get(tap) ?? tap;
  return {
    ...anatomy,
    embedding: { ...anatomy.embedding, rows: anatomy.embedding.rows && ordered(anatomy.embedding.rows) },
    sites: anatomy.sites.map((s) => ({
      ...s,
      probs: ordered(s.probs),
      q: ordered(s.q),
      k: ordered(s.k),
      v: ordered(s.v),
      mixed: s.mixed && ordered(s.mixed),
      module: s.module && ordered(s.module),
    })),
    residual: anatomy.residual && {
      layers: anatomy.residual.layers.map(ordered),
      finalNorm: anatomy.residual.finalNorm && ordered(anatomy.residual.finalNorm),
    },
  };
}

const columnsOf = (site: AttentionSite, tap: Tap): Columns => (tap === site.probs ? "key" : "width");

/** The mean difference, relative to the mean magnitude. */
function difference(found: Float32Array, wanted: Float32Array): number {
  let [error, magnitude] = [0, 0];
  wanted.forEach((v, i) => {
    error += Math.abs(found[i] - v);
    magnitude += Math.abs(v);
  });
  return magnitude === 0 ? error : error / magnitude;
}
