import { least, type Measure, noise } from "../bench";
import type {} from "../page/page";

/** Reading, rewriting and writing the graph of a large file, as a worker does it first: nothing is compiled yet. */
export const editing: Measure = async ({ page: { page }, model, rounds }) => {
  const { name, url, bytes } = await model("gpt2");
  const first: number[] = [];
  const again: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const times = await page.evaluate(async (at) => {
      const worker = window.bench.start();
      try {
        return await window.bench.call(worker, "edit", at, 5);
      } finally {
        window.bench.end(worker);
      }
    }, url);
    first.push(times[0]!);
    again.push(...times.slice(1));
  }
  return [
    {
      what: `${name}: reading and editing the file of ${Math.round(bytes / 2 ** 20)} MiB`,
      measured: least(first) / 1000,
      limit: 0.15,
      unit: "s",
      note: `the first time in a new worker; again ${least(again).toFixed(0)} ms; ${noise(first)}`,
    },
  ];
};
