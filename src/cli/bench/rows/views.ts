import { AppPage, nameOf, type Size, sizes } from "../app";
import { type Bench, least, type Measure, median, noise, type Result } from "../bench";
import { posts } from "../boundary";
import { MainThread } from "../main-thread";
import type {} from "../page/page";

const frame = 16;

async function open(bench: Bench, size: Size, heads: readonly number[]): Promise<AppPage> {
  const app = await bench.app();
  await app.ship(await bench.model(size.id));
  return AppPage.open(bench.page.page.context().browser()!, app, size, heads);
}

/** The same attention with a line of the document for each weight. It takes the memory of a large page, so it goes. */
async function drawnAsLines({ page: { page }, model }: Bench, { id, heads, tokens }: Size) {
  const { url } = await model(id);
  const own = await (await page.context().browser()!.newContext()).newPage();
  await own.goto(page.url());
  const drawn = await own.evaluate(
    async ([at, h, t]) => {
      const worker = window.bench.start();
      await window.bench.call(worker, "open", at, "tapped", t, "wasm-two");
      const layers = await window.bench.call(worker, "attention");
      window.bench.end(worker);
      return window.bench.drawLines(layers, h, t);
    },
    [url, heads, tokens] as const,
  );
  await own.context().close();
  return drawn;
}

/** Every head of a model at once, beside the same attention drawn with the document. */
export const model: Measure = async (bench) => {
  const app = await open(bench, sizes.base, [0]);
  const thread = await MainThread.of(app.page);
  const times: number[] = [];
  const work: number[] = [];
  for (let turn = -1; turn < bench.rounds; turn++) {
    await app.run(turn + 2);
    let time = 0;
    const busy = await thread.during(async () => {
      time = await app.toModel();
    });
    await app.choose("Heads");
    if (turn < 0) continue;
    times.push(time);
    work.push(busy);
  }
  await app.close();
  const { ms, nodes } = await drawnAsLines(bench, sizes.base);
  return [
    {
      what: `model view, ${nameOf(sizes.base)}, from data to pixels / the same attention as SVG lines`,
      measured: least(times) / ms,
      limit: 1 / 300,
      unit: "×",
      note: `${least(times).toFixed(0)} ms (of them ${least(work).toFixed(0)} of the main thread) / ${(ms / 1000).toFixed(1)} s, ${(nodes / 1e6).toFixed(1)} million nodes; ${noise(times)}`,
    },
  ];
};

/** Main-thread time of something that is done again and again, after a few times that don't count. */
async function timed(thread: MainThread, times: number, act: (i: number) => Promise<unknown>): Promise<number[]> {
  const found: number[] = [];
  for (let i = -4; i < times; i++) {
    const ms = await thread.during(() => act(i + 4));
    if (i >= 0) found.push(ms);
  }
  return found;
}

async function interactions(bench: Bench, size: Size): Promise<Result[]> {
  const app = await open(bench, size, [0]);
  const { page } = app;
  const thread = await MainThread.of(page);
  const times = 2 * bench.rounds;
  const over = (places: readonly { x: number; y: number }[]) => (i: number) => {
    const { x, y } = places[(i * 7) % places.length]!;
    return page.mouse.move(x, y);
  };
  const idle = await timed(thread, times, async () => {});

  // Each head for the first time: its attention comes from the worker, and is read and drawn.
  const swatches = await app.places("button.swatch");
  const first: number[] = [];
  for (const { x, y } of swatches.slice(1)) {
    await page.mouse.move(x, y);
    first.push(
      await thread.during(async () => {
        await page.mouse.down();
        await page.mouse.up();
        await app.calm();
      }),
    );
  }
  const toggles = await timed(thread, times, async (i) => {
    const { x, y } = swatches[(i >> 1) % swatches.length]!;
    await page.mouse.click(x, y);
  });
  const tokens = await timed(thread, times, over(await app.places(".row-token")));
  const inHeads = await app.nodes();

  await page.mouse.move(0, 0);
  await app.toModel();
  const cells = await app.places(".cell");
  const thumbnails = await timed(thread, times, over(cells));
  const inModel = await app.nodes();
  await app.close();
  const what = nameOf(size);
  const largest = (values: readonly number[]) => `at most ${Math.max(...values).toFixed(1)}`;
  return [
    {
      what: `a hover, ${what}`,
      measured: Math.max(median(tokens), median(thumbnails)),
      limit: frame,
      unit: "ms",
      note: `main thread, median; a token ${median(tokens).toFixed(1)} (${largest(tokens)}), a thumbnail ${median(thumbnails).toFixed(1)} (${largest(thumbnails)}); nothing done ${median(idle).toFixed(1)}`,
    },
    {
      what: `a head toggled, ${what}`,
      measured: Math.max(median(first), median(toggles)),
      limit: frame,
      unit: "ms",
      note: `main thread, median; for the first time ${median(first).toFixed(1)} (${largest(first)}), again ${median(toggles).toFixed(1)} (${largest(toggles)})`,
    },
    {
      what: `nodes of the document, ${what}`,
      measured: Math.max(inHeads, inModel),
      limit: 2000,
      unit: "nodes",
      note: `Heads ${inHeads}, Model ${inModel}`,
    },
  ];
}

/** The views of the built app over a model with as many heads as BERT-base. */
export const views: Measure = async (bench) => [
  ...(await interactions(bench, sizes.base)),
  ...(await posts(bench, sizes.base)),
];

/** The same at the size of BERT-large and its longest text. */
export const large: Measure = async (bench) => [
  ...(await interactions(bench, sizes.large)),
  ...(await posts(bench, sizes.large)),
];
