import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { chromium, type Page } from "@playwright/test";
import { build } from "vite";
import { browserFlags, findBrowser, hardwareGpuFlags, softwareGpuFlags } from "../../../scripts/browser.mjs";
import { serve } from "../../../scripts/serve.mjs";
import { findAdapter } from "../../worker/runtime/adapter";

/** This machine's GPU, or one emulated on the CPU so that any machine can check its results. */
export type Gpu = "hardware" | "emulated";

const flagsOf: Readonly<Record<Gpu, readonly string[]>> = { hardware: hardwareGpuFlags, emulated: softwareGpuFlags };

export interface OpenPage {
  readonly page: Page;
  /** What the browser is, and the GPU where it was asked for one. */
  readonly about: string;
  /** Serves a folder under this page's address. Returns the address of its root, with a slash at its end. */
  serve(folder: string): Promise<string>;
  close(): Promise<void>;
}

/**
 * Bundles a script as the app is bundled, and opens a cross-origin isolated page of a real Chromium that runs it.
 *
 * @param script absolute path of a module
 * @param gpu what WebGPU of the page runs on, if it shall have it
 * @throws where there is no Chromium, or no such GPU.
 */
export async function openPage(script: string, gpu: Gpu | null = null): Promise<OpenPage> {
  const executablePath = await findBrowser();
  if (!executablePath) throw new Error("no browser: install Chromium or Chrome, or name one in CHROMIUM");
  const root = await mkdtemp(join(tmpdir(), "attention-explorer-"));
  const undo: (() => Promise<void> | void)[] = [() => rm(root, { recursive: true })];
  const close = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    await bundle(script, root);
    const server = await serve(root);
    undo.push(server.close);
    const browser = await chromium.launch({
      executablePath,
      args: [...browserFlags, ...(gpu ? flagsOf[gpu] : [])],
    });
    undo.push(() => browser.close());
    const page = await browser.newPage();
    await page.goto(server.url);
    const about = `Chromium ${browser.version()}${gpu ? `, ${await adapterOf(page, gpu)}` : ""}`;
    let served = 0;
    return {
      page,
      about,
      close,
      async serve(folder) {
        const name = `folder-${served++}`;
        await symlink(resolve(folder), join(root, name), "junction");
        return `${server.url}${name}/`;
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The name of the GPU that a page's WebGPU runs on. */
async function adapterOf(page: Page, gpu: Gpu): Promise<string> {
  const ask = async () => {
    const adapter = await navigator.gpu?.requestAdapter({ powerPreference: "high-performance" });
    if (!adapter) return null;
    const { vendor, architecture, device, description, isFallbackAdapter } = adapter.info;
    return { names: [vendor, architecture, device, description], isEmulated: isFallbackAdapter };
  };
  const info = await findAdapter(() => page.evaluate(ask));
  if (!info) throw new Error("no GPU: the browser's WebGPU finds none that it may use");
  const name = info.names.filter((part) => part !== "").join(" ");
  if (gpu === "hardware" && info.isEmulated)
    throw new Error(`no GPU: the browser's WebGPU has only an emulated one (${name})`);
  return `${info.isEmulated ? "emulated GPU" : "GPU"} ${name}`;
}

/** A page that runs a script, as files in a folder. */
export async function bundle(script: string, root: string): Promise<void> {
  await build({
    configFile: false,
    logLevel: "error",
    base: "./",
    publicDir: false,
    worker: { format: "es" },
    build: {
      outDir: root,
      target: "es2022",
      modulePreload: false,
      reportCompressedSize: false,
      chunkSizeWarningLimit: 10_000,
      rolldownOptions: { input: script, output: { entryFileNames: "page.js" } },
    },
  });
  await writeFile(
    join(root, "index.html"),
    '<!doctype html><title>page</title><script type="module" src="page.js"></script>',
  );
}
