import { picksAnswers } from "../autodiff/answer-rows";
import type { Anatomy } from "../graph/anatomy";
import type { Canonical } from "../graph/canonicalise";

/** So much memory may be taken by what is computed for the rows that are run together. */
const budget = 384 * 2 ** 20;
/** More rows than this gain nothing, and what is newer waits for them. */
const most = 32;

/**
 * How many tokens are run together. A GPU wants many. A CPU is busy with few, and of more their activations leave its cache:
 * at 2,048, a row of 128 tokens took 1.1 to 1.4 times as long as alone.
 */
export const tokensAtOnce = { cpu: 256, gpu: 2048 } as const;

/** How many rows of so many tokens are run together. */
export type RowsAtOnce = (tokens: number, back: boolean) => number;

/**
 * Rows whose activations fit together. Counted, of each layer: values of the size of its attention and of its stream that
 * the runtime holds at once, more of them where it goes back, as they were measured on GPT-2 small and DistilBERT-base and
 * half as many again.
 */
export function rowsAtOnce(
  canonical: Canonical,
  { sites, embedding, residual }: Anatomy,
  together: number,
): RowsAtOnce {
  const { facts, inputs, model, answers } = canonical;
  const isPicked = picksAnswers(canonical);
  const lastOf = (value: string) => facts.dims(value)?.at(-1) ?? 0;
  const width = Math.max(lastOf(embedding.sources[0]), ...(residual?.layers ?? []).map(({ value }) => lastOf(value)));
  const heads = sites.reduce((sum, site) => sum + site.heads, 0);
  const columns = answers.reduce((sum, { name }) => sum + lastOf(name), 0);
  const isAlone =
    inputs.some((i) => i.dims?.[0] === 1 && (i.role === "ids" || i.role === "pixels")) ||
    // What is rounded by the range of all rows depends on them: a row's result is its own.
    model.graph.nodes.some((n) => n.opType === "DynamicQuantizeLinear");
  return (tokens, back) => {
    if (isAlone) return 1;
    const attention = heads * tokens * tokens * (back ? 6 : 3);
    const stream = sites.length * tokens * width * (back ? 22 : 14);
    const bytes = 4 * (attention + stream + 2 * (isPicked ? 1 : tokens) * columns);
    return Math.max(1, Math.min(most, Math.floor(together / tokens), Math.floor(budget / bytes)));
  };
}

/** Indices of rows of one length, in their order, at most so many in each. */
export function chunksOf(lengths: readonly number[], atOnce: (length: number) => number): number[][] {
  const chunks: number[][] = [];
  const open = new Map<number, number[]>();
  lengths.forEach((length, i) => {
    const chunk = open.get(length);
    if (chunk && chunk.length < atOnce(length)) chunk.push(i);
    else {
      const fresh = [i];
      open.set(length, fresh);
      chunks.push(fresh);
    }
  });
  return chunks;
}
