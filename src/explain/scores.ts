import type { Tensor } from "../tensor/tensor";
import type { Encoding } from "../text/encoding";
import type { Engine } from "./engine";
import { type Character, characterOf, inductionOf, repeatedTokens } from "./head-scores";
import type { SiteInfo, Trace } from "./trace";

/** A head's character on a text. */
export interface HeadScores extends Character {
  readonly site: number;
  readonly head: number;
  /** Measured on repeated random tokens; null in models that see later tokens. */
  readonly induction: number | null;
}

/** Tokens of a sequence that is repeated for the induction score. */
const repeated = 24;

/** Scores every head on the text of a trace. */
export async function scoresOf(
  engine: Engine,
  trace: Trace,
  induction: readonly (readonly number[])[] | null,
): Promise<readonly HeadScores[]> {
  const scores: HeadScores[] = [];
  for (const site of trace.sites) {
    const all = await trace.attention(site.index);
    const causal = engine.family === "decoder";
    scores.push(...scoresOfSite(site, all, trace.encoding, causal, induction?.[site.index] ?? null));
  }
  return scores;
}

/** Scores every head of a site by its attention [H, T, T]. */
export function scoresOfSite(
  { index }: Pick<SiteInfo, "index">,
  all: Tensor,
  encoding: Pick<Encoding, "ids" | "special">,
  causal: boolean,
  induction: readonly number[] | null,
): HeadScores[] {
  return Array.from({ length: all.dims[0] }, (_, head) => ({
    site: index,
    head,
    ...characterOf(headOf(all, head), encoding, causal),
    induction: induction?.[head] ?? null,
  }));
}

/**
 * The induction score of every site and head, on random tokens repeated once; it belongs to the model, not to a text.
 * Null where the model isn't causal. One forward pass.
 */
export async function inductionScores(
  engine: Engine,
  vocabularySize: number,
  bos: number | null,
): Promise<readonly (readonly number[])[] | null> {
  if (engine.family !== "decoder") return null;
  const room = engine.maxTokens === null ? repeated : Math.min(repeated, Math.floor((engine.maxTokens - 1) / 2));
  const ids = repeatedTokens(vocabularySize, room, bos);
  const trace = await engine.run(encodingOf(ids));
  return Promise.all(
    trace.sites.map(async ({ index, heads }) => {
      const all = await trace.attention(index);
      return Array.from({ length: heads }, (_, h) => inductionOf(headOf(all, h), ids));
    }),
  );
}

const headOf = ({ dims: [, rows, columns], data }: Tensor, head: number): Tensor => ({
  dtype: "float32",
  dims: [rows, columns],
  data: (data as Float32Array).subarray(head * rows * columns, (head + 1) * rows * columns),
});

/** Bare ids as an encoding. */
const encodingOf = (ids: readonly number[]): Encoding => ({
  ids,
  tokens: ids.map(String),
  pieces: ids.map(String),
  offsets: ids.map(() => null),
  mask: ids.map(() => 1),
  segments: ids.map(() => 0),
  special: ids.map(() => false),
  words: ids.map((_, i) => i),
});
