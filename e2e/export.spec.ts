import type { Page } from "@playwright/test";
import { expect, shipped, shippedFolder, test } from "./fixtures";
import { explainText, readCsv, rowsOf, withoutSinks } from "./reference";

const text = "the cast is so charming i left smiling";
const heads = [0, 3, 5];
const link = `text=${text.replaceAll(" ", "+")}&layer=1&heads=${heads}&pin=5`;

/** What an SVG file holds, read by the browser's own parser. */
/** What a figure holds, read in an empty page: the app's own policy would forbid styles in what is parsed there. */
async function readSvg(page: Page, svg: string) {
  const empty = await page.context().newPage();
  const read = await empty.evaluate((source) => {
    const { documentElement: root } = new DOMParser().parseFromString(source, "image/svg+xml");
    return {
      error: root.querySelector("parsererror")?.textContent ?? null,
      width: Number(root.getAttribute("width")),
      height: Number(root.getAttribute("height")),
      title: root.querySelector("title")?.textContent,
      about: root.querySelector("desc")?.textContent,
      texts: [...root.querySelectorAll("text")].map((each) => ({
        words: each.textContent ?? "",
        fill: each.getAttribute("fill"),
      })),
      fills: [...root.querySelectorAll("rect")].map((each) => each.getAttribute("fill")),
      groups: [...root.querySelectorAll("g")].map((each) => ({
        opacity: Number(each.getAttribute("opacity")),
        widths: [...each.querySelectorAll("path")].map((path) => Number(path.getAttribute("stroke-width"))),
        strokes: [...new Set([...each.querySelectorAll("path")].map((path) => path.getAttribute("stroke")))],
      })),
      images: root.querySelectorAll("image").length,
    };
  }, svg);
  await empty.close();
  return read;
}

test("CSV: every weight of the heads that are on, as drawn and as the engine says", async ({ explorer }) => {
  await explorer.open(link);
  const { name, data } = await explorer.export("CSV");
  expect(name).toBe(`${shipped.name}-heads.csv`);
  const reference = await explainText(shippedFolder, text);
  const { length } = reference.encoding.ids;
  const tokens = rowsOf(reference.encoding);
  const rows = readCsv(data);
  expect(rows.length).toBe(heads.length * length * length);
  expect(Object.keys(rows[0]!)).toEqual([
    "layer",
    "head",
    "query_position",
    "query",
    "key_position",
    "key",
    "weight",
    "pinned",
  ]);
  const drawn = new Map(heads.map((head) => [head, withoutSinks(reference, 1, head)]));
  for (const row of rows) {
    const [query, key] = [Number(row.query_position), Number(row.key_position)];
    expect(row.layer).toBe("1");
    expect([row.query, row.key]).toEqual([tokens[query], tokens[key]]);
    expect(row.pinned).toBe(query === 5 ? "1" : "0");
    expect(Math.abs(Number(row.weight) - drawn.get(Number(row.head))![query * length + key]!)).toBeLessThan(3e-3);
  }
});

test("CSV follows the heads, the layer and the pin that are on screen", async ({ explorer }) => {
  await explorer.open(link);
  await explorer.chooseLayer(0);
  await explorer.head(3).click();
  await explorer.row("query", 5).click();
  await expect(explorer.row("query", 5)).toHaveAttribute("aria-pressed", "false");
  const rows = readCsv((await explorer.export("CSV")).data);
  expect([...new Set(rows.map(({ head }) => head))]).toEqual(["0", "5"]);
  expect([...new Set(rows.map(({ layer }) => layer))]).toEqual(["0"]);
  expect(Object.keys(rows[0]!)).not.toContain("pinned");
});

test("SVG: as pinned, not as hovered; every line once, text as text", async ({ explorer, page }) => {
  await explorer.open(link);
  await explorer.row("query", 2).hover();
  const csv = readCsv((await explorer.export("CSV")).data);
  const { name, data } = await explorer.export("SVG");
  expect(name).toBe(`${shipped.name}-heads.svg`);
  const svg = await readSvg(page, data.toString());
  expect(svg.error).toBeNull();
  expect(svg.title).toBe(`${shipped.name}, layer 1, heads ${heads.join(", ")}`);
  expect(svg.about).toContain("pinned: charming");

  const lines = csv.filter(({ weight }) => Number(weight) >= 0.05);
  const groups = svg.groups.filter(({ widths }) => widths.length > 0);
  const focused = groups.at(-1)!;
  expect(groups.length).toBe(heads.length + 1);
  expect(groups.slice(0, -1).reduce((sum, { widths }) => sum + widths.length, 0)).toBe(lines.length);
  for (const { strokes } of groups.slice(0, -1)) expect(strokes.length).toBe(1);
  expect(focused.opacity).toBeGreaterThan(groups[0]!.opacity);
  const pinned = lines.filter((row) => row.pinned === "1").map(({ weight }) => 8 * Number(weight));
  const sorted = (widths: number[]) => widths.map((width) => Number(width.toFixed(2))).sort((a, b) => a - b);
  expect(sorted(focused.widths)).toEqual(sorted(pinned));

  const words = svg.texts.map(({ words }) => words);
  for (const token of rowsOf((await explainText(shippedFolder, text)).encoding))
    expect(words.filter((each) => each === token).length).toBeGreaterThanOrEqual(2);
  expect(words.join(" ")).toContain("Not drawn:");
  const charming = svg.texts.filter(({ words }) => words === "charming").map(({ fill }) => fill);
  expect(charming).toContain("#ffffff");
  expect(svg.fills).toContain("#14171c");
});

test("PNG: the figure at twice its size", async ({ explorer, page }) => {
  await explorer.open(link);
  const svg = await readSvg(page, (await explorer.export("SVG")).data.toString());
  const { name, data } = await explorer.export("PNG");
  expect(name).toBe(`${shipped.name}-heads.png`);
  const picture = await page.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    const context = canvas.getContext("2d")!;
    context.drawImage(bitmap, 0, 0);
    const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
    return { width: bitmap.width, height: bitmap.height, colours: new Set(new Uint32Array(data.buffer)).size };
  }, data.toString("base64"));
  expect([picture.width, picture.height]).toEqual([Math.round(2 * svg.width), Math.round(2 * svg.height)]);
  expect(picture.colours).toBeGreaterThan(100);
});

test("Model: every head as a picture, the open one large; measured scores as a table", async ({ explorer, page }) => {
  await explorer.open(`text=${text.replaceAll(" ", "+")}&view=model`);
  await explorer.measured();
  const count = shipped.layers * shipped.heads;
  const scores = readCsv((await explorer.export("CSV")).data);
  expect(scores.length).toBe(count);
  const reference = await explainText(shippedFolder, text);
  const { length } = reference.encoding.ids;
  for (const { layer, head, previous, same } of scores) {
    const weights = reference.weights(Number(layer), Number(head));
    // Over the tokens that have such a key: all see themselves, all but the first one before.
    const mean = (key: (query: number) => number) => {
      const at = Array.from({ length }, (_, query) => query).filter((query) => key(query) >= 0);
      return at.reduce((sum, query) => sum + weights[query * length + key(query)]!, 0) / at.length;
    };
    expect(Math.abs(Number(same) - mean((query) => query))).toBeLessThan(0.006);
    expect(Math.abs(Number(previous) - mean((query) => query - 1))).toBeLessThan(0.006);
  }
  const closed = await readSvg(page, (await explorer.export("SVG")).data.toString());
  expect(closed.error).toBeNull();
  expect(closed.images).toBe(count);

  await explorer.cell(1, 2).click();
  await expect(explorer.inspector.getByRole("img", { name: /^Weights/ })).toBeVisible();
  const open = await readSvg(page, (await explorer.export("SVG")).data.toString());
  expect(open.width).toBeGreaterThan(closed.width);
  expect(open.texts.some(({ words }) => words.startsWith("Head 1.2"))).toBe(true);
  const weights = readCsv((await explorer.export("CSV")).data);
  expect(weights.length).toBe(length * length);
  for (const { query_position, key_position, weight } of weights) {
    const at = Number(query_position) * length + Number(key_position);
    expect(Math.abs(Number(weight) - reference.weights(1, 2)[at]!)).toBeLessThan(2e-3);
  }
});

test("a dark figure on a dark page", async ({ explorer, page }) => {
  await explorer.open(`${link}&theme=dark`);
  const svg = await readSvg(page, (await explorer.export("SVG")).data.toString());
  expect(svg.fills[0]).toBe("#15181d");
});

test("a long text: the rows around the pin, and the figure says which", async ({ explorer, page }) => {
  await explorer.open(`text=${"film+".repeat(199)}end&pin=180&heads=0&layer=1`);
  const svg = await readSvg(page, (await explorer.export("SVG")).data.toString());
  expect(svg.texts.map(({ words }) => words)).toContain("tokens 82 to 201 of 202");
});
