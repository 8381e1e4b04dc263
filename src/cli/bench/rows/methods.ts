import { least, type Measure, median, noise, type Result } from "../bench";
import type {} from "../page/page";

/** A model that ships: one of real size would take a quarter of an hour for Shapley sampling alone. */
const model = { name: "sst-distilbert", folder: "models/sst-distilbert", file: "onnx/model_fp16.onnx" };
const singles = 12;

/** Passes that each method takes for n units, back counted like forth. */
const counts: readonly (readonly [id: string, label: string, passes: (n: number) => number])[] = [
  ["integrated-gradients", "integrated gradients, 50 steps", () => 102],
  ["leave-one-out", "leave one out", (n) => n + 1],
  ["shapley-sampling", "Shapley sampling, 25 orders", (n) => 25 * n + 1],
];

/** Methods in multiples of one forward pass over the same text, each in turn with such passes. */
export const methods: Measure = async ({ page: { page, serve }, place, rounds }) => {
  const url = await serve(model.folder);
  const worker = await page.evaluate(() => window.bench.start());
  const results: Result[] = [];
  try {
    const { file } = model;
    await page.evaluate(([w, u, d, f]) => window.bench.call(w, "openRows", u, d, f), [
      worker,
      url,
      place,
      file,
    ] as const);
    const run = (id: string, tokens: number) =>
      page.evaluate(([w, i, t, s]) => window.bench.call(w, "method", i, t, s), [worker, id, tokens, singles] as const);
    await run("leave-one-out", 128); // until the engine of the browser has compiled what it will
    for (const tokens of [32, 128])
      for (const [id, label, passes] of counts) {
        const times: number[] = [];
        const alone: number[] = [];
        let spent = 0;
        for (let round = 0; round < Math.ceil(rounds / 9); round++) {
          const found = await run(id, tokens);
          spent = found.forward + found.backward;
          times.push(found.ms);
          alone.push(...found.alone);
        }
        const known = passes(tokens - 2);
        results.push({
          what: `${model.name}: ${label}, ${tokens} tokens, time / one forward pass`,
          measured: least(times) / median(alone),
          limit: place === "wasm-two" ? 1.1 * known : null,
          unit: "×",
          note: `${known} passes by count, ${spent} run; ${(least(times) / 1000).toFixed(2)} s / ${median(alone).toFixed(1)} ms; ${noise(alone)}`,
        });
      }
  } finally {
    await page.evaluate((w) => window.bench.end(w), worker);
  }
  return results;
};
