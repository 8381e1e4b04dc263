import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { chromium, type Page } from "@playwright/test";
import { build } from "vite";
import { browserFlags, findBrowser, softwareGpuFlags } from "../../../scripts/browser.mjs";
import { serve } from "../../../scripts/serve.mjs";

export interface OpenPage {
  readonly page: Page;
  /** Serves a folder under this page's address. Returns the address of its root, with a slash at its end. */
  serve(folder: string): Promise<string>;
  close(): Promise<void>;
}

/**
 * Bundles a script as the app is bundled, and opens a cross-origin isolated page of a real Chromium that runs it. With
 * `gpu`, the page has WebGPU, emulated on the CPU so that any machine can check its results.
 *
 * @param script absolute path of a module
 * @throws where there is no Chromium.
 */
export async function openPage(script: string, { gpu = false } = {}): Promise<OpenPage> {
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
      args: [...browserFlags, ...(gpu ? softwareGpuFlags : [])],
    });
    undo.push(() => browser.close());
    const page = await browser.newPage();
    await page.goto(server.url);
    let served = 0;
    return {
      page,
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
