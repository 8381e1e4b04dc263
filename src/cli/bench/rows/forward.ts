import { type Bench, least, type Measure, milliseconds, noise, type Result } from "../bench";
import type { ModelId } from "../models";
import type { Place, Variant } from "../page/jobs";
import type {} from "../page/page";

const tokens = 128;
/** Runs until the engine of the browser has compiled all it will. */
const warming = 4;

/** One session, in a worker of its own. */
async function opened({ page: { page }, place, model }: Bench, id: ModelId, variant: Variant, at: Place = place) {
  const { url } = await model(id);
  const worker = await page.evaluate(() => window.bench.start());
  const about = await page.evaluate(([w, u, v, t, a]) => window.bench.call(w, "open", u, v, t, a), [
    worker,
    url,
    variant,
    tokens,
    at,
  ] as const);
  const run = () => page.evaluate((w) => window.bench.call(w, "run"), worker);
  const back = () => page.evaluate((w) => window.bench.call(w, "back"), worker);
  const end = () => page.evaluate((w) => window.bench.end(w), worker);
  const times: number[] = [];
  return { ...about, run, back, end, times };
}

const mb = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MiB`;

/** Sessions with taps, and with interventions and gradients, beside the stock one; run in turns. */
async function compare(bench: Bench, id: ModelId): Promise<Result[]> {
  const { rounds, place } = bench;
  const limit = (value: number) => (place === "wasm-two" ? value : null);
  const { name, weightBytes } = await bench.model(id);
  const stock = await opened(bench, id, "stock");
  const tapped = await opened(bench, id, "tapped");
  const explaining = await opened(bench, id, "explaining");
  const onCpu = place === "webgpu" ? [await opened(bench, id, "stock", "wasm")] : [];
  const all = [stock, tapped, explaining, ...onCpu];
  const there: number[] = [];
  let heap = 0;
  for (let round = -warming; round < rounds; round++) {
    for (const variant of round % 2 ? all : [...all].reverse()) {
      const time = await variant.run();
      if (round >= 0) variant.times.push(time);
    }
    const both = await explaining.back();
    if (round >= 0) there.push(both.ms);
    heap = both.heap;
  }
  for (const { end } of all) await end();
  const of = (times: readonly number[]) => least(times) / least(stock.times);
  const ms = (times: readonly number[]) => `${milliseconds(least(times))} / ${milliseconds(least(stock.times))} ms`;
  return [
    {
      what: `${name}: forward with all attention exposed / stock graph, ${tokens} tokens`,
      measured: of(tapped.times),
      limit: limit(1.05),
      unit: "×",
      note: `${ms(tapped.times)}, ${tapped.attention} layers; ${noise([...stock.times])}`,
    },
    {
      what: `${name}: the explaining session, gradients off / stock graph`,
      measured: of(explaining.times),
      limit: limit(1.06),
      unit: "×",
      note: `${ms(explaining.times)}; ${explaining.nodes} / ${stock.nodes} nodes, made in ${(explaining.ms / 1000).toFixed(1)} / ${(stock.ms / 1000).toFixed(1)} s; ${noise(explaining.times)}`,
    },
    {
      what: `${name}: forward and back to embeddings and all attention / stock forward`,
      measured: of(there),
      limit: limit(id === "gpt2" ? 1.5 : 2.1),
      unit: "×",
      note: `${ms(there)}; ${noise(there)}`,
    },
    {
      what: `${name}: heap of the explaining session / the file's weights`,
      measured: heap / weightBytes,
      limit: limit(2),
      unit: "×",
      note: `${mb(heap)} / ${mb(weightBytes)}, after going back; stock graph ${(stock.heap / weightBytes).toFixed(2)}, with taps ${(tapped.heap / weightBytes).toFixed(2)}`,
    },
    ...onCpu.map(({ times, threads }) => ({
      what: `${name}: stock graph on the GPU / on WASM with as many threads as in the app, ${tokens} tokens`,
      measured: least(stock.times) / least(times),
      limit: null,
      unit: "×" as const,
      note: `${milliseconds(least(stock.times))} / ${milliseconds(least(times))} ms, ${threads} threads; ${noise(times)}`,
    })),
  ];
}

export const forward: Measure = async (bench) => [
  ...(await compare(bench, "distilbert")),
  ...(await compare(bench, "gpt2")),
];
