import { type Bench, least, type Measure, milliseconds, noise, type Result } from "../bench";
import type { ModelId } from "../models";
import type {} from "../page/page";

const tokens = 128;
const warming = 2;
/** A quarter of the steps of integrated gradients by default. */
const count = 12;

/** Rows that methods run by the dozen, in chunks and one by one, in turns. */
async function compare({ page: { page }, place, model, rounds }: Bench, id: ModelId, isBack: boolean): Promise<Result> {
  const { name, url } = await model(id);
  const worker = await page.evaluate(() => window.bench.start());
  try {
    await page.evaluate(([w, u, d]) => window.bench.call(w, "openRows", u, d), [worker, url, place] as const);
    const run = (n: number) =>
      page.evaluate(([w, t, c, b]) => window.bench.call(w, "rows", t, c, b), [worker, tokens, n, isBack] as const);
    const alone: number[] = [];
    const together: number[] = [];
    let heap = 0;
    for (let round = -warming; round < Math.ceil(rounds / 3); round++) {
      // As many of the one as of the other: the least of many short times is less than that of few long ones.
      let singles = 0;
      for (let i = 0; i < count; i++) singles += (await run(1)).ms;
      const all = await run(count);
      heap = all.heap;
      if (round < 0) continue;
      alone.push(singles / count);
      together.push(all.ms / count);
    }
    return {
      what: `${name}: ${count} rows ${isBack ? "back to the embeddings" : "forward"} in chunks, time of a row / of one alone`,
      measured: least(together) / least(alone),
      limit: place === "wasm-two" ? 1 : null,
      unit: "×",
      note: `${milliseconds(least(together))} / ${milliseconds(least(alone))} ms, ${tokens} tokens; heap ${Math.round(heap / 2 ** 20)} MiB; ${noise(alone)}`,
    };
  } finally {
    await page.evaluate((w) => window.bench.end(w), worker);
  }
}

export const loops: Measure = async (bench) => {
  const results: Result[] = [];
  for (const id of ["distilbert", "gpt2"] as const)
    for (const isBack of [false, true]) results.push(await compare(bench, id, isBack));
  return results;
};
