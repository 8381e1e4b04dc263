import { createReadStream, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { readCatalog } from "../src/store/catalog";

test.use({ serviceWorkers: "allow" });

const { models } = readCatalog(JSON.parse(readFileSync("models/index.json", "utf8")));

const types: Record<string, string> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
  ".webmanifest": "application/manifest+json",
  ".png": "image/png",
  ".wasm": "application/wasm",
  ".svg": "image/svg+xml",
};

interface Site {
  readonly url: string;
  /** Paths that were asked for since the last call. */
  asked(): string[];
  /** Another build: the text of a file, in place of the one in `dist`. */
  change(path: string, text: string): void;
  close(): void;
}

/** The built folder below a path of a server that sends no special headers, until it is closed. */
async function plainServer(): Promise<Site> {
  const changed = new Map<string, string>();
  let paths: string[] = [];
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const name = pathname.replace(/^\/some\/where\//, "") || "index.html";
    paths.push(name);
    const headers = { "content-type": types[extname(name)] ?? "application/octet-stream", "cache-control": "no-cache" };
    const text = changed.get(name);
    if (text !== undefined) return void response.writeHead(200, headers).end(text);
    const path = join("dist", name);
    const stat = statSync(path, { throwIfNoEntry: false });
    if (!stat?.isFile()) return void response.writeHead(404).end();
    response.writeHead(200, { ...headers, "content-length": stat.size });
    createReadStream(path).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/some/where/`,
    asked() {
      const all = paths;
      paths = [];
      return all;
    },
    change: (path, text) => void changed.set(path, text),
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

const ready = (page: Page) =>
  expect(page.locator("p[aria-live=polite]")).toContainText("Result ready.", { timeout: 120_000 });
const looks = (page: Page) => page.getByRole("list", { name: "Tokens that look", exact: true });

/** Names of the builds that are kept whole. */
const keptBuilds = (page: Page): Promise<string[]> =>
  page.evaluate(async () => {
    const whole: string[] = [];
    for (const name of await caches.keys()) {
      const keys = await (await caches.open(name)).keys();
      if (keys.some(({ url }) => url.endsWith("kept-whole"))) whole.push(name);
    }
    return whole;
  });
const keptWhole = (page: Page) =>
  expect.poll(async () => (await keptBuilds(page)).length, { timeout: 120_000 }).toBe(1);

/** The browser finds nothing that would keep it from offering to install the page, and its icons are there. */
async function installable(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const { errors, data } = await session.send("Page.getAppManifest");
  expect(errors).toEqual([]);
  const { icons } = JSON.parse(data ?? "{}") as { icons: { src: string; sizes: string }[] };
  for (const { src, sizes } of icons) {
    const size = await page.evaluate(async (path) => {
      const image = await createImageBitmap(await (await fetch(path)).blob());
      return `${image.width}x${image.height}`;
    }, src);
    expect(size).toBe(sizes);
  }
  const { installabilityErrors } = await session.send("Page.getInstallabilityErrors");
  expect(installabilityErrors.filter(({ errorId }) => errorId !== "in-incognito")).toEqual([]);
}

test("can be installed, and opens without a network after the first visit with every model that ships, at any path", async ({
  page,
  context,
}) => {
  const site = await plainServer();
  await page.goto(`${site.url}#text=the+cast+is+so+charming`);
  await ready(page);
  await keptWhole(page);
  await installable(page);
  await context.setOffline(true);
  site.close();
  await page.reload();
  await ready(page);
  await expect(looks(page)).toContainText("charming");
  for (const { id, name } of models) {
    await page.goto("about:blank");
    await page.goto(`${site.url}#model=${id}&text=the+cast+is+so+charming`);
    await ready(page);
    await expect(page.getByRole("button", { name: /^Model: / })).toContainText(name);
  }
  const explain = page.getByRole("navigation", { name: "Views" }).getByRole("button", { name: "Attribution" });
  await explain.click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Attribution");
});

test("another build takes the place of the one that is kept, only what changed is fetched, and parts of files never kept", async ({
  page,
}) => {
  const site = await plainServer();
  await page.goto(site.url);
  await ready(page);
  await keptWhole(page);
  const [first] = await keptBuilds(page);

  const worker = readFileSync("dist/sw.js", "utf8");
  const catalog = readFileSync("dist/models/index.json", "utf8");
  const hash = /"models\/index\.json":"([0-9a-f]{64})"/.exec(worker)![1]!;
  site.change("models/index.json", `${catalog} `);
  site.change("sw.js", worker.replace(hash, "0".repeat(64)));
  site.asked();
  await page.reload();
  await ready(page);
  await expect.poll(async () => (await keptBuilds(page)).filter((name) => name !== first).length).toBe(1);
  await keptWhole(page);
  const weights = site.asked().filter((path) => path.startsWith("assets/") || path.endsWith(".onnx"));
  // The page itself loads one model's weights again, as long as there is a network; the rest is taken from what is kept.
  expect(weights.filter((path) => path.startsWith("assets/"))).toEqual([]);
  expect(weights.length).toBeLessThanOrEqual(1);

  // Parts of files go by: to the server while there is one, and to nobody else.
  const kept = () => page.evaluate(async () => (await caches.keys()).length);
  const before = await kept();
  site.asked();
  const read = () =>
    page.evaluate(async () => {
      const response = await fetch("example.bin", { headers: { Range: "bytes=0-99" } });
      return (await response.arrayBuffer()).byteLength;
    });
  expect(await read()).toBeGreaterThan(0);
  expect(site.asked()).toEqual(["example.bin"]);
  expect(await kept()).toBe(before);
  site.close();
  await expect(read()).rejects.toThrow(/Failed to fetch/);
});

test("may use threads on a plain server where its address asks for them", async ({ page }) => {
  const site = await plainServer();
  await page.goto(`${site.url}?threads#device=wasm&text=the+cast+is+so+charming`);
  await expect.poll(() => page.evaluate(() => crossOriginIsolated).catch(() => false)).toBe(true);
  await ready(page);
  await expect(page.getByRole("button", { name: /^Model: / })).toContainText(/WASM/);
  await expect(page.getByRole("list", { name: "Notices" })).toBeEmpty();
  await page.goto("about:blank");
  await page.goto(site.url);
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(false);
  site.close();
});
