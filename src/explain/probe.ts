import type { Anatomy, AttentionSite, Embedding } from "../graph/anatomy";
import { readTap } from "../graph/anatomy/read";
import type { Canonical } from "../graph/canonicalise";
import { GraphError } from "../graph/error";
import type { Facts } from "../graph/shapes";
import type { Tensor } from "../tensor/tensor";
import { zeros } from "../tensor/tensor";
import type { Batch, TokenBatch } from "./feeds";

const length = 6;

/**
 * Runs a few tokens (or an empty image) and looks at every site: its values must be what attention is, non-negative
 * rows that sum to one at most. Tells whether no token sees a later one. Throws for what isn't attention, with its node.
 */
export async function probe(
  canonical: Canonical,
  { sites, embedding }: Anatomy,
  run: (batch: Batch, fetches: readonly string[]) => Promise<Record<string, Tensor>>,
): Promise<{ causal: boolean }> {
  const batch = batchFor(canonical, embedding);
  const results = await run(
    batch,
    sites.map((s) => s.probs.value),
  );
  let causal = true;
  for (const site of sites) {
    const probs = readTap(results[site.probs.value], site.probs.layout, { batch: 1, tokens: length }, "key");
    check(site, probs);
    causal = causal && isCausal(probs);
  }
  return { causal };
}

function batchFor({ inputs, point, facts }: Canonical, embedding: Embedding): Batch {
  if (inputs.some((i) => i.role === "pixels")) return { pixels: zeros("float32", [1, 3, ...point.image]) };
  return rowsOf(textsFor(facts, embedding).slice(0, 1));
}

/** Two texts of ordinary tokens: the first ids of a vocabulary are often special. */
export function textsFor(facts: Facts, { lookup }: Embedding): readonly (readonly number[])[] {
  const words = (lookup && facts.dims(lookup.inputs[0])?.[0]) ?? Number.POSITIVE_INFINITY;
  return [0, length].map((from) => Array.from({ length }, (_, i) => (10 + from + i) % words));
}

/** Texts of equal length as a batch without padding. */
export const rowsOf = (ids: readonly (readonly number[])[]): TokenBatch => ({
  ids,
  mask: ids.map((row) => row.map(() => 1)),
  segments: ids.map((row) => row.map(() => 0)),
});

function check(site: AttentionSite, { dims, data }: Tensor): void {
  const [heads, rows, columns] = dims;
  for (let row = 0; row < heads * rows; row++) {
    let sum = 0;
    for (let c = 0; c < columns; c++) {
      const p = (data as Float32Array)[row * columns + c];
      if (!(p >= 0)) throw new GraphError("unclear layout", `a probability is ${p}`, site.softmax);
      sum += p;
    }
    // Probabilities that the file rounds to 8 bits sum to a little more.
    if (sum > 1.05)
      throw new GraphError("unclear layout", `a row of attention sums to ${sum.toPrecision(4)}`, site.softmax);
  }
}

function isCausal({ dims, data }: Tensor): boolean {
  const [heads, rows, columns] = dims;
  if (rows !== columns) return false;
  for (let h = 0; h < heads; h++) {
    for (let r = 0; r < rows; r++) {
      for (let c = r + 1; c < columns; c++)
        if ((data as Float32Array)[(h * rows + r) * columns + c] > 1e-6) return false;
    }
  }
  return rows > 1;
}
