import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import type { Measure, Result } from "../bench";

const isScript = (name: string): boolean => /\.m?js$/.test(name);

/** What people download of the built app before they see anything, and what its worker does besides. */
export const scripts: Measure = async ({ page: { page }, app }) => {
  const { url, folder } = await app();
  const context = await page.context().browser()!.newContext();
  const opened = await context.newPage();
  opened.setDefaultTimeout(120_000);
  await opened.goto(`${url}#device=wasm`);
  await opened.locator('main [aria-busy="false"]').waitFor();
  const loaded = await opened.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => name));
  const byWorkers = opened.workers().map((worker) => worker.url());
  await context.close();
  const ofPage = new Set(loaded.filter((name) => !byWorkers.includes(name)).map((name) => basename(name)));
  const all = (await readdir(join(folder, "assets"))).filter(isScript);
  const sizes = async (what: string, names: readonly string[], limit: number): Promise<Result> => {
    const files = await Promise.all(names.map((name) => readFile(join(folder, "assets", name))));
    const kB = (compress: (file: Buffer) => Buffer) =>
      files.reduce((sum, file) => sum + compress(file).length, 0) / 1000;
    const note = `gzip, ${names.length} files; Brotli ${kB(brotliCompressSync).toFixed(0)} kB`;
    return { what, measured: kB(gzipSync), limit, unit: "kB", note };
  };
  return [
    await sizes(
      "JavaScript of the page before the first view",
      all.filter((name) => ofPage.has(name)),
      300,
    ),
    await sizes(
      "JavaScript of the worker, the runtime's for every kind of device, without WASM",
      all.filter((name) => !ofPage.has(name)),
      400,
    ),
  ];
};
