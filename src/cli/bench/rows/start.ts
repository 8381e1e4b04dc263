import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "@playwright/test";
import { serve } from "../../../../scripts/serve.mjs";
import { sessionSource, understand } from "../../../explain/engine";
import { usedInputs } from "../../../graph/prune";
import { withTaps } from "../../../graph/taps";
import { loadTokenizer, tokenizerFiles } from "../../../text/load";
import { bundle } from "../../browser/open-page";
import { folderOf } from "../../folder";
import type { App } from "../app";
import { least, type Measure, noise } from "../bench";
import type { BareRun } from "../page/bare";

const script = fileURLToPath(new URL("../page/bare.ts", import.meta.url));

interface Shipped {
  readonly id: string;
  readonly name: string;
  readonly examples: readonly { readonly text: string }[];
}

/** A page with nothing but the runtime, the very session of the app, and one pass over the same tokens. */
async function writeBare(root: string, modelFolder: string, text: string): Promise<void> {
  await bundle(script, root);
  const { files, read } = folderOf(modelFolder);
  const model = await read(files.find((file) => file.endsWith(".onnx"))!);
  const json = async (name: string) => new TextDecoder().decode(await read(name));
  const config = JSON.parse(await json("config.json"));
  const names = tokenizerFiles.filter((name) => files.includes(name));
  const tokenizer = Object.fromEntries(await Promise.all(names.map(async (name) => [name, await json(name)])));
  const { ids, mask, segments } = loadTokenizer(tokenizer).encode(text);
  const { canonical, anatomy } = understand({ model, config });
  const source = sessionSource({ model, external: new Map() }, withTaps(canonical, anatomy));
  const used = usedInputs(canonical.model.graph);
  const run: BareRun = {
    inputs: canonical.inputs.filter((input) => used.has(input.name)),
    batch: { ids: [ids], mask: [mask], segments: [segments] },
    fetches: [...canonical.answers.map(({ name }) => name), ...anatomy.sites.map(({ probs }) => probs.value)],
    weights: source.external[0]!.path,
  };
  await writeFile(join(root, "graph.onnx"), source.graph);
  await writeFile(join(root, "model.onnx"), model);
  await writeFile(join(root, "run.json"), JSON.stringify(run));
}

/** Opens an address with nothing in any cache. */
async function cold(browser: Browser, url: string, until: (page: Page) => Promise<number>): Promise<number> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, serviceWorkers: "block" });
  const page = await context.newPage();
  page.setDefaultTimeout(120_000);
  await page.goto(url);
  const time = await until(page);
  await context.close();
  return time;
}

/** Milliseconds from navigation to the frame that draws what the model in this page said; examples don't count. */
const firstAttention = (page: Page): Promise<number> =>
  page.evaluate(async () => {
    for (;;) {
      await new Promise(requestAnimationFrame);
      const ready = document.querySelector("p[aria-live=polite]")?.textContent.includes("Result ready.");
      if (ready && document.querySelector('main [aria-busy="false"]')) return performance.now();
    }
  });

const bareRan = (page: Page): Promise<number> =>
  page.evaluate(async () => {
    while (window.ran === undefined) await new Promise(requestAnimationFrame);
    return window.ran;
  });

async function shippedFirst({ folder }: App): Promise<Shipped> {
  const { models } = JSON.parse(await readFile(join(folder, "models/index.json"), "utf8")) as { models: Shipped[] };
  return models[0]!;
}

/** The shipped model from a link, beside the least that a page could do with it. */
export const start: Measure = async ({ page: { page }, app, rounds }) => {
  const browser = page.context().browser()!;
  const built = await app();
  const model = await shippedFirst(built);
  const { text } = model.examples[0]!;
  const root = await mkdtemp(join(tmpdir(), "attention-explorer-bare-"));
  await writeBare(root, join(built.folder, "models", model.id), text);
  const bare = await serve(root);
  const ours: number[] = [];
  const bareTimes: number[] = [];
  try {
    const link = new URLSearchParams({ model: model.id, text, device: "wasm" });
    for (let round = 0; round < rounds; round++) {
      const open = async () => ours.push(await cold(browser, `${built.url}#${link}`, firstAttention));
      const openBare = async () => bareTimes.push(await cold(browser, bare.url, bareRan));
      for (const one of round % 2 ? [open, openBare] : [openBare, open]) await one();
    }
  } finally {
    bare.close();
    await rm(root, { recursive: true });
  }
  return [
    {
      what: `from navigation to first real attention, ${model.name}, nothing cached / a bare page that runs the same session once`,
      measured: least(ours) / least(bareTimes),
      limit: 1.3,
      unit: "×",
      note: `${least(ours).toFixed(0)} / ${least(bareTimes).toFixed(0)} ms; ${noise(ours)}, ${noise(bareTimes)}`,
    },
  ];
};
