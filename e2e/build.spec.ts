import { readdirSync, readFileSync } from "node:fs";
import { brotliCompressSync } from "node:zlib";
import { expect, test } from "@playwright/test";

const assets = readdirSync("dist/assets");
const script = (start: string): string[] => assets.filter((name) => name.startsWith(start) && /\.m?js$/.test(name));
const compressed = (names: readonly string[]): number =>
  names.reduce((sum, name) => sum + brotliCompressSync(readFileSync(`dist/assets/${name}`)).length, 0);
const text = (name: string): string => readFileSync(`dist/${name}`, "utf8");

test("each build of ONNX Runtime is there once, and none of the older kind", () => {
  const builds = assets.filter((name) => name.endsWith(".wasm")).map((name) => name.replace(/-[^-.]+\.wasm$/, ""));
  expect(builds.sort()).toEqual([
    "ort-wasm-simd-threaded",
    "ort-wasm-simd-threaded.asyncify",
    "ort-wasm-simd-threaded.jspi",
  ]);
});

test("nothing comes from elsewhere", () => {
  const page = text("index.html");
  expect(page).toMatch(/<meta http-equiv="Content-Security-Policy" content="default-src ('|&#39;)none/);
  expect(page).not.toMatch(/(src|href)="(https?:)?\/\//);
  const foreign = /cdn\.jsdelivr|unpkg\.com|fonts\.g(oogleapis|static)/;
  const scripts = assets.filter((name) => /\.(m?js|css)$/.test(name));
  expect(scripts.filter((name) => foreign.test(text(`assets/${name}`)))).toEqual([]);
});

test("the page's scripts stay within 300 kB, the worker's within 400 kB, compressed", () => {
  const page = ["index-", "main-"].flatMap(script);
  expect(page.length).toBe(2);
  expect(compressed(page)).toBeLessThan(300_000);
  // The larger of the builds with a GPU; only one of the three is ever loaded.
  const worker = ["worker-", "serve-", "ort-", "gpu-", "rolldown-runtime-", "webgpu-"].flatMap(script);
  expect(worker.length).toBeGreaterThan(5);
  expect(compressed(worker)).toBeLessThan(400_000);
});

test("the shipped models are there whole, and how they were made isn't", () => {
  const { models } = JSON.parse(text("models/index.json")) as {
    models: { id: string; files: { path: string; bytes: number }[] }[];
  };
  expect(models.length).toBeGreaterThan(0);
  for (const { id, files } of models) {
    for (const { path, bytes } of files) expect(readFileSync(`dist/models/${id}/${path}`).length).toBe(bytes);
    expect(files.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(16e6);
  }
  expect(readdirSync("dist/models").sort()).toEqual(["index.json", ...models.map(({ id }) => id)].sort());
});
