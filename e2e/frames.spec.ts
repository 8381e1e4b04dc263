import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { VIEW_IDS } from "../src/store/state";
import { type Explorer, expect, models, test } from "./fixtures";

/** A page of another site with these frames in it. */
async function embedder(explorer: Explorer, body: string) {
  const server = createServer((request, response) =>
    request.url === "/"
      ? response
          .writeHead(200, { "content-type": "text/html; charset=utf-8" })
          .end(`<!doctype html><meta name="color-scheme" content="light dark"><title>A blog</title>${body}`)
      : response.writeHead(204).end(),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  explorer.watch.allow(origin);
  return {
    origin,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

const frameOf = (title: string, source: string, more = ""): string =>
  `<iframe title="${title}" width="900" height="480" ${more} src="${source.replaceAll("&", "&amp;")}"></iframe>`;

const text = "text=the+cast+is+so+charming";

test("a page of another site speaks to its frame, and is answered", async ({ explorer, page, baseURL }) => {
  const host = await embedder(explorer, "<main></main>");
  await page.goto(host.origin);
  const said = await page.evaluate(
    ([app, source]) =>
      new Promise<{ type: string; origin: string; values?: number }[]>((resolve) => {
        const frame = document.createElement("iframe");
        frame.title = "explorer";
        frame.width = "900";
        frame.height = "480";
        const all: { type: string; origin: string; values?: number }[] = [];
        const ask = (fields: object) =>
          frame.contentWindow?.postMessage({ app: "attention-explorer", version: 1, ...fields }, app as string);
        window.addEventListener("message", ({ source: from, origin, data }) => {
          if (from !== frame.contentWindow || ["progress", "size", "selection"].includes(data.type)) return;
          all.push({ type: data.type, origin, values: data.methods?.[0]?.values?.length ?? data.message });
          if (data.type === "ready") ask({ id: "1", type: "load", model: "sst-distilbert" });
          if (data.of === "1")
            ask({ id: "2", type: "explain", text: "so charming", methods: [{ id: "gradient-x-input" }] });
          if (data.of === "2" || data.type === "error") resolve(all);
        });
        frame.src = source as string;
        document.querySelector("main")?.append(frame);
      }),
    [baseURL, `${baseURL}#${text}&embed=1&origins=${encodeURIComponent(host.origin)}`],
  );
  const origin = new URL(baseURL!).origin;
  expect(said).toEqual([
    { type: "ready", origin, values: undefined },
    { type: "loaded", origin, values: undefined },
    { type: "result", origin, values: 4 },
  ]);
  host.close();
});

test("two frames on one page run two models and know nothing of each other", async ({ explorer, page, baseURL }) => {
  const [first, second] = models as [(typeof models)[number], (typeof models)[number]];
  const host = await embedder(
    explorer,
    [first, second].map(({ id }) => frameOf(id, `${baseURL}#model=${id}&${text}&embed=1`)).join(""),
  );
  await page.goto(host.origin);
  const frames = [first, second].map(({ id }) => page.frameLocator(`iframe[title="${id}"]`));
  for (const frame of frames)
    await expect(frame.locator("p[aria-live=polite]")).toContainText("Result ready.", { timeout: 120_000 });
  const [one, two] = frames as [(typeof frames)[number], (typeof frames)[number]];
  const charming = (frame: typeof one) => frame.getByRole("button", { name: /^charming, position \d+, looks$/ });
  await expect(one.getByRole("button", { name: /^\[CLS\], position 0, looks$/ })).toBeVisible();
  await expect(two.getByRole("button", { name: /^\[CLS\]/ })).toHaveCount(0);
  await charming(one).click();
  await expect(charming(one)).toHaveAttribute("aria-pressed", "true");
  await expect(two.locator('[aria-label$="looks"][aria-pressed=true]')).toHaveCount(0);
  await page.screenshot({ path: test.info().outputPath("two-frames.png") });
  host.close();
});

test("a frame has the theme of the page that embeds it", async ({ explorer, page, baseURL }) => {
  // What the visitor chose in the app itself is of the app itself.
  await explorer.open(text);
  await page.getByRole("button", { name: "Theme: as the system" }).click();
  await page.getByRole("button", { name: "Theme: light" }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");

  const source = `${baseURL}#${text}&embed=1`;
  const host = await embedder(
    explorer,
    frameOf("as the page", source) +
      frameOf("told by style", source, 'style="color-scheme: dark"') +
      frameOf("told by the link", `${source}&theme=dark`),
  );
  await page.emulateMedia({ colorScheme: null }); // an emulated one would stand above what styles say
  await page.goto(host.origin);
  const theme = (title: string) => page.frameLocator(`iframe[title="${title}"]`).locator("html");
  await expect(theme("as the page")).toHaveAttribute("data-theme", "light");
  await expect(theme("told by style")).toHaveAttribute("data-theme", "dark");
  await expect(theme("told by the link")).toHaveAttribute("data-theme", "dark");
  // A frame's process that is still being set up can take the emulation back from all of them: it is turned on anew.
  await expect(async () => {
    await page.emulateMedia({ colorScheme: "light" });
    await page.emulateMedia({ colorScheme: "dark" });
    await expect(theme("as the page")).toHaveAttribute("data-theme", "dark", { timeout: 10_000 });
  }).toPass();
  host.close();
});

test("in a frame inside a srcdoc it runs; in a sandbox without its origin it says what it lacks", async ({
  explorer,
  page,
  baseURL,
}) => {
  explorer.watch.forgive(/CORS|Failed to load resource|Content Security Policy|sandboxed|net::ERR_FAILED/);
  const source = `${baseURL}#${text}&embed=1`;
  const inner = frameOf("inner", source).replaceAll("&", "&amp;").replaceAll('"', "&quot;");
  const host = await embedder(
    explorer,
    `<iframe title="notebook" width="920" height="500" srcdoc="${inner}"></iframe>${[
      frameOf("sandboxed", source, 'sandbox="allow-scripts"'),
      frameOf("trusted", source, 'sandbox="allow-scripts allow-same-origin"'),
    ].join("")}`,
  );
  await page.goto(host.origin);
  const notebook = page.frameLocator("iframe[title=notebook]").frameLocator("iframe[title=inner]");
  for (const frame of [notebook, page.frameLocator("iframe[title=trusted]")])
    await expect(frame.locator("p[aria-live=polite]")).toContainText("Result ready.", { timeout: 120_000 });
  const sandboxed = page.frameLocator("iframe[title=sandboxed]");
  await expect(sandboxed.getByText("allow-scripts allow-same-origin")).toBeVisible();
  await expect(sandboxed.getByRole("link", { name: /a tab of its own/ })).toBeVisible();
  await page.screenshot({ path: test.info().outputPath("sandboxed.png"), fullPage: true });
  host.close();
});

test("the link of a frame opens the whole in the same state, in every view", async ({ explorer, page }) => {
  const link = page.getByRole("link", { name: "Open in Attention Explorer" });
  const stateOf = (url: string): Record<string, string> => {
    const { embed: _, ...state } = Object.fromEntries(new URLSearchParams(new URL(url).hash.slice(1)));
    return state;
  };
  await explorer.open(`${text}&layer=1&heads=1,2&pin=5&embed=1`);
  await expect(explorer.rail).toHaveCount(0);
  const whole = page.context().waitForEvent("page");
  await link.click();
  const opened = await whole;
  const rail = opened.getByRole("navigation", { name: "Views" });
  await expect(rail).toBeVisible();
  for (const view of VIEW_IDS) {
    await page.evaluate((hash) => {
      location.hash = hash;
    }, `${text}&view=${view}&layer=1&heads=1,2&pin=5&embed=1`);
    await expect.poll(async () => stateOf((await link.getAttribute("href"))!).view ?? "heads").toBe(view);
    await expect(explorer.rail).toHaveCount(0);
    const href = (await link.getAttribute("href"))!;
    expect(href).not.toContain("embed");
    await opened.goto(href);
    await expect(opened.locator("p[aria-live=polite]")).toContainText("Result ready.", { timeout: 120_000 });
    const [title] = (await page.getByRole("heading", { level: 1 }).first().innerText()).split("\n");
    await expect(opened.getByRole("heading", { level: 1 }).first()).toHaveText(title!);
    await expect.poll(() => stateOf(opened.url())).toEqual(stateOf(href));
  }
  await opened.goto((await link.getAttribute("href"))!.replace(/view=\w+/, "view=heads"));
  const pinned = opened.getByRole("button", { name: /^charming, position 5, looks$/ });
  await expect(pinned).toHaveAttribute("aria-pressed", "true");
});
