import { type Bench, least, type Measure, noise, type Result } from "../bench";
import type { ModelId } from "../models";
import type { Variant } from "../page/jobs";
import type {} from "../page/page";

const tokens = 128;
/** Runs until the engine of the browser has compiled all it will. */
const warming = 4;

/** The explaining session beside the stock one, each in a worker of its own, run in turns. */
async function compare({ page: { page }, model, rounds }: Bench, id: ModelId): Promise<Result[]> {
  const { name, url, weightBytes } = await model(id);
  const open = async (variant: Variant) => {
    const worker = await page.evaluate(() => window.bench.start());
    const { heap, attention } = await page.evaluate(([w, u, v, t]) => window.bench.call(w, "open", u, v, t), [
      worker,
      url,
      variant,
      tokens,
    ] as const);
    const run = () => page.evaluate((w) => window.bench.call(w, "run"), worker);
    const times: number[] = [];
    return { worker, heap, attention, run, times };
  };
  const stock = await open("stock");
  const explaining = await open("explaining");
  for (let round = -warming; round < rounds; round++) {
    for (const variant of round % 2 ? [stock, explaining] : [explaining, stock]) {
      const time = await variant.run();
      if (round >= 0) variant.times.push(time);
    }
  }
  for (const { worker } of [stock, explaining]) await page.evaluate((w) => window.bench.end(w), worker);
  const mb = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MiB`;
  return [
    {
      what: `${name}: forward with all attention exposed / stock graph, ${tokens} tokens`,
      measured: least(explaining.times) / least(stock.times),
      limit: 1.05,
      unit: "×",
      note: `${least(explaining.times).toFixed(0)} / ${least(stock.times).toFixed(0)} ms, ${explaining.attention} layers; ${noise([...stock.times])}`,
    },
    {
      what: `${name}: heap of the explaining session / the file's weights`,
      measured: explaining.heap / weightBytes,
      limit: 2,
      unit: "×",
      note: `${mb(explaining.heap)} / ${mb(weightBytes)}; stock graph ${(stock.heap / weightBytes).toFixed(2)}`,
    },
  ];
}

export const forward: Measure = async (bench) => [
  ...(await compare(bench, "distilbert")),
  ...(await compare(bench, "gpt2")),
];
