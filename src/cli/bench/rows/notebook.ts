import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Browser } from "@playwright/test";
import { ensureBuild } from "../../../../scripts/build.mjs";
import { ensureEnvironment, findPython } from "../../../../scripts/python.mjs";
import { least, type Measure, noise, type Result } from "../bench";

const root = fileURLToPath(new URL("../../../..", import.meta.url));
const patience = 400_000;

/** Layers, heads, tokens. */
type Size = readonly [number, number, number];

/** What BertViz's pages load from a CDN, from npm instead: files by the end of their addresses. jQuery 2.0.0 isn't there. */
const libraries = {
  packages: ["requirejs@2.3.6", "d3@5.7.0", "jquery@2.2.4"],
  files: [
    [/require(\.min)?\.js$/, "requirejs/require.js"],
    [/d3\.min\.js$/, "d3/dist/d3.min.js"],
    [/jquery\.min\.js$/, "jquery/dist/jquery.min.js"],
  ] as const,
};

type View = "head_view" | "model_view";

interface Drawn {
  /** From navigation to what is on screen. */
  readonly ms: number;
  /** Of the page and its frames. */
  readonly nodes: number;
}

/** Opens one page in a context of its own, and waits until every weight is drawn. */
async function draw(
  browser: Browser,
  path: string,
  of: "bertviz" | "own",
  view: View,
  [layers, heads, tokens]: Size,
  cdn: string,
): Promise<Drawn> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  context.setDefaultTimeout(patience);
  await context.route(/^https?:/, (route) => {
    const found = libraries.files.find(([end]) => end.test(new URL(route.request().url()).pathname));
    return found ? route.fulfill({ path: join(cdn, "node_modules", found[1]) }) : route.abort();
  });
  try {
    const page = await context.newPage();
    await page.goto(pathToFileURL(path).href, { waitUntil: "commit" });
    const start = await page.evaluate(() => performance.timeOrigin);
    const options = { polling: 100, timeout: patience } as const;
    let end: number;
    if (of === "bertviz") {
      const lines = (view === "head_view" ? heads : layers * heads) * tokens * tokens;
      await page.waitForFunction((count) => document.getElementsByTagName("line").length >= count, lines, options);
      end = await page.evaluate(
        () =>
          new Promise<number>((done) =>
            requestAnimationFrame(() => setTimeout(() => done(performance.timeOrigin + performance.now()))),
          ),
      );
    } else {
      // Not by the element: a handle to it has its attributes, megabytes of them, read for a description.
      const frame = page.mainFrame().childFrames()[0] ?? (await page.waitForEvent("frameattached"));
      const drawn = await frame.waitForFunction(
        ([canvas, cells]) => {
          const element = document.querySelector<HTMLCanvasElement>(canvas);
          if (!element?.width || !document.querySelector("main [aria-busy=false]")) return null;
          const { width, height } = element;
          const pixels = new Uint32Array(element.getContext("2d")!.getImageData(0, 0, width, height).data.buffer);
          const box = element.getBoundingClientRect();
          const ratio = width / box.width;
          // Every thumbnail has something in its middle row; lines are anywhere.
          const places = cells
            ? [...document.querySelectorAll(".cell")].map((cell) => cell.getBoundingClientRect())
            : [box];
          const filled = places.every((place) => {
            const y = Math.round((place.top + place.height / 2 - box.top) * ratio);
            const from = y * width + Math.round((place.left - box.left) * ratio);
            return pixels.subarray(from, from + Math.round(place.width * ratio)).some((pixel) => pixel !== 0);
          });
          return filled ? performance.timeOrigin + performance.now() : null;
        },
        [view === "head_view" ? ".plot-canvas" : ".grid-canvas", view === "model_view"] as const,
        { polling: "raf", timeout: patience },
      );
      end = (await drawn.jsonValue())!;
    }
    const counts = await Promise.all(
      page.frames().map((each) => each.evaluate(() => document.querySelectorAll("*").length)),
    );
    return { ms: end - start, nodes: counts.reduce((sum, count) => sum + count, 0) };
  } finally {
    await context.close();
  }
}

/**
 * The same calls in a notebook, by this project's package and by BertViz, in pages of a browser. Left out, and said so, where
 * Python or the packages can't be had.
 */
export async function besideBertViz(browser: Browser, rounds: number, size: Size): Promise<readonly Result[]> {
  const leaveOut = (why: string): Result[] => {
    console.error(`The rows beside BertViz are left out: ${why}.`);
    return [];
  };
  if (!findPython()) return leaveOut("there is no Python 3.10 or newer");
  const python = ensureEnvironment(root, "BertViz");
  const cdn = join(root, ".cache/bertviz");
  mkdirSync(cdn, { recursive: true });
  const npm = ["install", "--no-save", "--no-audit", "--no-fund", "--prefix", cdn, ...libraries.packages];
  if (spawnSync("npm", npm, { stdio: "inherit" }).status !== 0) return leaveOut("its libraries couldn't be installed");
  if (!ensureBuild(root)) throw new Error("no build");
  const folder = mkdtempSync(join(tmpdir(), "attention-explorer-notebook-"));
  try {
    const script = fileURLToPath(new URL("../notebook.py", import.meta.url));
    const env = { ...process.env, PYTHONPATH: join(root, "notebook") };
    const { status, stderr } = spawnSync(python, [script, folder, ...size.map(String)], { encoding: "utf8", env });
    if (status !== 0) throw new Error(`notebook.py: ${stderr}`);
    const results: Result[] = [];
    for (const view of ["head_view", "model_view"] as const) {
      const pathOf = (of: "bertviz" | "own") => join(folder, `${of}-${view}.html`);
      const [own, theirs]: [Drawn[], Drawn[]] = [[], []];
      // A minute each is enough of the slow one.
      const turns = view === "model_view" ? 1 : Math.min(3, rounds);
      for (let turn = 0; turn < Math.min(3, rounds); turn++) {
        own.push(await draw(browser, pathOf("own"), "own", view, size, cdn));
        if (turn < turns) theirs.push(await draw(browser, pathOf("bertviz"), "bertviz", view, size, cdn));
      }
      const [ms, reference] = [own, theirs].map((all) => least(all.map((each) => each.ms))) as [number, number];
      const [bytes, referenceBytes] = [statSync(pathOf("own")).size, statSync(pathOf("bertviz")).size];
      const [nodes, referenceNodes] = [own[0]!.nodes, theirs[0]!.nodes];
      const what = `${view}, ${size[0]} × ${size[1]} heads × ${size[2]} tokens`;
      results.push(
        {
          what: `${what}, the cell's HTML / BertViz's`,
          measured: bytes / referenceBytes,
          limit: 1 / 10,
          unit: "×",
          note: `${(bytes / 1e6).toFixed(1)} / ${(referenceBytes / 1e6).toFixed(1)} MB, half floats`,
        },
        {
          what: `${what}, from opening the page to all drawn / BertViz's`,
          measured: ms / reference,
          limit: view === "model_view" ? 1 / 100 : null,
          unit: "×",
          note: `${ms.toFixed(0)} ms / ${(reference / 1000).toFixed(1)} s; ${noise(own.map((each) => each.ms))}`,
        },
        {
          what: `${what}, nodes of the document / BertViz's`,
          measured: nodes / referenceNodes,
          limit: null,
          unit: "×",
          note: `${nodes} / ${referenceNodes.toLocaleString("en")}`,
        },
      );
    }
    return results;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export const notebook: Measure = ({ page, rounds }) =>
  besideBertViz(page.page.context().browser()!, rounds, [12, 12, 128]);
