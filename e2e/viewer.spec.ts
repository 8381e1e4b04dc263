import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { expect, type FrameLocator, type Page, test } from "@playwright/test";
import { readAbout } from "../src/explain/trace-file/about";
import { writeTraceFile } from "../src/explain/trace-file/open";
import type { Tensor } from "../src/tensor/tensor";

/** The views without the engine, as the build wrote them. */
const viewer = readFileSync("dist/viewer.html", "utf8");
const place = '<script id="embedded" type="application/json">null</script>';

const about = {
  model: { name: "a translator" },
  tokens: { encoder: { tokens: ["▁The", "▁cat", "</s>"] }, decoder: { tokens: ["<s>", "▁Die"] } },
  sites: [
    { layer: 0, kind: "encoder", heads: 2 },
    { layer: 0, kind: "decoder", heads: 2 },
    { layer: 0, kind: "cross", heads: 2 },
  ],
};
const even = (rows: number, columns: number, causal = false): Tensor => ({
  dtype: "float32",
  dims: [2, rows, columns],
  data: Float32Array.from({ length: 2 * rows * columns }, (_, i) => {
    const [row, column] = [Math.floor(i / columns) % rows, i % columns];
    return causal ? (column > row ? 0 : 1 / (row + 1)) : 1 / columns;
  }),
});
const trace = writeTraceFile(
  readAbout(about),
  new Map([
    ["attention.0", even(3, 3)],
    ["attention.1", even(2, 2, true)],
    ["attention.2", even(2, 3)],
  ]),
);

/** The viewer with something in the place of its trace. */
const viewerWith = (embedded: unknown): string =>
  viewer.replace(place, () => place.replace("null", () => JSON.stringify(embedded).replaceAll("<", "\\u003c")));

/** The viewer with the trace inside it: a file that stands for itself. */
const page = (link: string): string =>
  viewerWith({ trace: gzipSync(trace).toString("base64"), link: `${link}&embed=1`, notes: [], gzip: true });

const tokens = (of: Page | FrameLocator, side: "look" | "are looked at") =>
  of.getByRole("list", { name: `Tokens that ${side}`, exact: true }).getByRole("button");

test("opened from a file, it shows every kind of attention", async ({ page: tab }, info) => {
  expect(viewer.length).toBeLessThan(500_000);
  const errors: string[] = [];
  tab.on("pageerror", (error) => errors.push(error.message));
  const path = info.outputPath("viewer.html");
  writeFileSync(path, page("view=heads&kind=cross"));
  await tab.goto(`file://${path}`);
  await expect(tokens(tab, "look")).toHaveText(["<s>", "Die"]);
  await expect(tokens(tab, "are looked at")).toHaveText(["The", "cat", "</s>"]);
  await tab.getByText("Decoder", { exact: true }).click();
  await expect(tokens(tab, "are looked at")).toHaveText(["<s>", "Die"]);
  await tokens(tab, "look").nth(1).click();
  await expect(tokens(tab, "look").nth(1)).toHaveAttribute("aria-pressed", "true");
  await tab.getByRole("navigation", { name: "Views" }).getByRole("button", { name: "Model" }).click();
  await expect(tab.getByRole("heading", { level: 1 })).toContainText("Model");
  await tab.getByRole("navigation", { name: "Views" }).getByRole("button", { name: "Compare" }).click();
  await expect(tab.getByRole("main")).toContainText("rollout of two stacks needs one, and this is a trace");
  expect(errors).toEqual([]);
});

test("two in frames of one page, one of them sandboxed, know nothing of each other", async ({ page: tab }) => {
  const attribute = (text: string) => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;");
  // The second is sent its trace when it has loaded, as base64 and in parts: browsers before 2025 have no quicker way.
  const [about, parts] = [{ link: "view=heads&kind=cross&theme=dark&embed=1", gzip: false }, [0, 120]];
  const base64 = parts.map((from, i) => Buffer.from(trace.subarray(from, parts[i + 1])).toString("base64"));
  const sent = JSON.stringify({ embedded: { about: JSON.stringify(about), trace: base64 } });
  const frames = [
    `<iframe title="one" width="900" height="500" srcdoc="${attribute(page("view=heads&kind=encoder"))}"></iframe>`,
    `<iframe title="two" width="900" height="500" sandbox="allow-scripts" onload="${attribute(`this.contentWindow.postMessage(${sent}, '*')`)}" srcdoc="${attribute(viewerWith("parent"))}"></iframe>`,
  ];
  const asked: string[] = [];
  const host = createServer((request, response) => {
    asked.push(request.url ?? "");
    response
      .writeHead(200, { "content-type": "text/html; charset=utf-8" })
      .end(`<!doctype html><title>A notebook</title>${frames.join("")}`);
  });
  await new Promise<void>((resolve) => host.listen(0, "127.0.0.1", resolve));
  await tab.goto(`http://127.0.0.1:${(host.address() as AddressInfo).port}/`);
  const [one, two] = ["one", "two"].map((title) => tab.frameLocator(`iframe[title=${title}]`)) as [
    FrameLocator,
    FrameLocator,
  ];
  await expect(tokens(one, "look")).toHaveText(["The", "cat", "</s>"]);
  await expect(tokens(two, "look")).toHaveText(["<s>", "Die"]);
  await tokens(one, "look").first().click();
  await expect(tokens(one, "look").first()).toHaveAttribute("aria-pressed", "true");
  await expect(tokens(two, "look").first()).toHaveAttribute("aria-pressed", "false");
  await expect(two.locator("html")).toHaveAttribute("data-theme", "dark");
  expect(asked.filter((path) => path !== "/" && path !== "/favicon.ico")).toEqual([]);
  host.close();
  host.closeAllConnections();
});

test("a broken trace is told, not left blank", async ({ page: tab }, info) => {
  const path = info.outputPath("broken.html");
  const cut = gzipSync(trace.subarray(0, 200)).toString("base64");
  writeFileSync(path, viewerWith({ trace: cut, link: "embed=1", gzip: true }));
  await tab.goto(`file://${path}`);
  await expect(tab.getByRole("main")).toContainText("trace");
  await expect(tab.getByRole("main")).toContainText("too early");
});
