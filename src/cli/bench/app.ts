import { mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, Page, Worker } from "@playwright/test";
import { build } from "vite";
import { serve } from "../../../scripts/serve.mjs";
import type { WrittenModel } from "./models";

const root = fileURLToPath(new URL("../../..", import.meta.url));
/** Milliseconds in which the largest model has been measured on a busy machine. */
const patience = 600_000;

/** A size of the page: heads of a made-up model, and the tokens it reads. */
export interface Size {
  readonly id: "heads-12x12" | "heads-24x16";
  readonly layers: number;
  readonly heads: number;
  readonly tokens: number;
}

export const sizes = {
  base: { id: "heads-12x12", layers: 12, heads: 12, tokens: 128 },
  large: { id: "heads-24x16", layers: 24, heads: 16, tokens: 512 },
} as const satisfies Record<string, Size>;

export const nameOf = ({ layers, heads, tokens }: Size): string => `${layers} × ${heads} heads × ${tokens} tokens`;

/** Ids of a text; each turn is another one, of as many tokens. */
const idsOf = ({ tokens }: Size, turn = 0): number[] =>
  Array.from({ length: tokens }, (_, i) => 1000 + ((7 * i + turn) % 997));

/** The app as it is built, on a server of its own. */
export interface App {
  readonly url: string;
  readonly folder: string;
  /** Adds a model to those that ship with it. */
  ship(model: WrittenModel): Promise<void>;
  close(): Promise<void>;
}

/** Builds the app from the sources as they are now. */
export async function buildApp(): Promise<App> {
  const folder = await mkdtemp(join(tmpdir(), "attention-explorer-app-"));
  await build({ root, logLevel: "error", build: { outDir: folder, emptyOutDir: true, reportCompressedSize: false } });
  const server = await serve(folder);
  return {
    url: server.url,
    folder,
    async ship({ id, name, folder: from, bytes }) {
      const index = join(folder, "models/index.json");
      const shipped = JSON.parse(await readFile(index, "utf8")) as { models: { id: string }[] };
      if (shipped.models.some((row) => row.id === id)) return;
      const files = await Promise.all(
        (await readdir(from)).map(async (path) => ({ path, bytes: (await stat(join(from, path))).size })),
      );
      const row = { id, name, bytes, files, ...{ description: name, architecture: "", task: "", precision: "fp32" } };
      shipped.models.push({ ...row, layers: 0, heads: 0 } as { id: string });
      await writeFile(index, JSON.stringify(shipped));
      await symlink(resolve(from), join(folder, "models", id), "junction");
    },
    async close() {
      server.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** One page of the app over a model of some size, in a browser context of its own. */
export class AppPage {
  private constructor(
    readonly page: Page,
    private readonly size: Size,
  ) {}

  static async open(browser: Browser, app: App, size: Size, heads: readonly number[]): Promise<AppPage> {
    const page = await (
      await browser.newContext({ viewport: { width: 1440, height: 900 }, serviceWorkers: "block" })
    ).newPage();
    page.setDefaultTimeout(patience);
    const link = new URLSearchParams({ model: size.id, device: "wasm", ids: idsOf(size).join(" ") });
    await page.goto(`${app.url}#${link}&view=heads&layer=0&heads=${heads.join(",")}`);
    const opened = new AppPage(page, size);
    await opened.settled();
    return opened;
  }

  /** All attention is there that Heads draws, and what every head is like has been measured. */
  async settled(): Promise<void> {
    const { page } = this;
    await page.locator("p[aria-live=polite]").filter({ hasText: "Result ready." }).waitFor({ state: "attached" });
    await page.locator('main [aria-busy="false"]').waitFor();
    await page
      .getByText(/being measured|Measuring/)
      .first()
      .waitFor({ state: "detached" });
  }

  /** What was asked for is drawn. Looks once a frame, which costs the page next to nothing. */
  calm(): Promise<void> {
    return this.page.evaluate(async () => {
      while (!document.querySelector('main [aria-busy="false"]')) await new Promise(requestAnimationFrame);
    });
  }

  /** Another text of as many tokens. */
  async run(turn: number): Promise<void> {
    await this.page.getByRole("button", { name: "Edit text" }).click();
    const field = this.page.getByRole("textbox", { name: "Token ids" });
    await field.fill(idsOf(this.size, turn).join(" "));
    await field.press("Enter");
    await this.settled();
  }

  async choose(view: "Heads" | "Model"): Promise<void> {
    await this.page.getByRole("navigation", { name: "Views" }).getByRole("button", { name: view }).click();
  }

  /**
   * Goes from Heads to Model.
   *
   * @returns milliseconds until the last thumbnail, and so every one, is in a frame
   */
  toModel(): Promise<number> {
    return this.page.evaluate(async () => {
      const started = performance.now();
      const buttons = document.querySelectorAll<HTMLButtonElement>("nav button");
      [...buttons].find(({ textContent }) => textContent.includes("Model"))!.click();
      for (;;) {
        await new Promise(requestAnimationFrame);
        const canvas = document.querySelector<HTMLCanvasElement>(".grid-canvas");
        const cell = [...document.querySelectorAll<HTMLElement>(".cell")].at(-1);
        const ratio = canvas ? canvas.width / canvas.clientWidth : 0;
        const [x, y] = [cell?.offsetLeft, cell?.offsetTop].map((at) => Math.round(ratio * ((at ?? 0) + 4)));
        const data = cell && canvas?.getContext("2d")?.getImageData(x!, y!, 8, 8).data;
        if (!data?.some((part) => part !== 0)) continue;
        await new Promise((done) => setTimeout(done)); // behind the painting of this frame
        return performance.now() - started;
      }
    });
  }

  /** The middles of some elements that are on screen, so that the mouse can go there at no cost to the page. */
  places(selector: string): Promise<{ x: number; y: number }[]> {
    return this.page.evaluate((of) => {
      return [...document.querySelectorAll(of)].flatMap((element) => {
        const { left, top, width, height } = element.getBoundingClientRect();
        const at = { x: left + width / 2, y: top + height / 2 };
        return document.elementFromPoint(at.x, at.y)?.closest(of) === element ? [at] : [];
      });
    }, selector);
  }

  worker(): Worker {
    return this.page.workers().find((worker) => /\/worker-/.test(worker.url()))!;
  }

  /** Every node of the document. */
  nodes(): Promise<number> {
    return this.page.evaluate(() => {
      const walker = document.createTreeWalker(document, NodeFilter.SHOW_ALL);
      let count = 1;
      while (walker.nextNode()) count++;
      return count;
    });
  }

  close(): Promise<void> {
    return this.page.context().close();
  }
}
