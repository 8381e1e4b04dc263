import type { Page } from "@playwright/test";
import { folderOf } from "../src/cli/folder";
import { createNodeSession } from "../src/cli/session";
import { modelFilesOf, readModel } from "../src/explain/conformance/folder";
import { openEngine } from "../src/explain/engine";
import { expect, shippedFolder, test } from "./fixtures";
import { explainText, readCsv, tokenizerOf } from "./reference";

const text = "the cast is so charming i left smiling";
const link = `view=neuron&text=${text.replaceAll(" ", "+")}&layer=1&head=2`;

const query = (page: Page, position: number) =>
  page
    .getByRole("list", { name: "Queries" })
    .getByRole("button", { name: new RegExp(`, position ${position}, query$`) });
const key = (page: Page, position: number) =>
  page.getByRole("list", { name: "Keys" }).getByRole("button", { name: new RegExp(`, position ${position}, key$`) });

test("every number of a query's row is the engine's, and adds up", async ({ explorer, page }) => {
  await explorer.open(`${link}&pin=5`);
  await expect(query(page, 5)).toHaveAttribute("aria-pressed", "true");
  await expect(explorer.view.getByTestId("adds-up")).toContainText("to within 0.000001");
  const { data } = await explorer.export("CSV");
  const rows = readCsv(data);
  const folder = folderOf(shippedFolder);
  const engine = await openEngine(await readModel(folder, modelFilesOf(folder)[0]!), createNodeSession);
  const encoding = (await tokenizerOf(shippedFolder)).encode(text);
  const { queries, keys, logits, scale } = (await engine.scoring({ encoding }, 1))(2);
  const [tokens, width] = queries.dims as [number, number];
  const reference = await explainText(shippedFolder, text);
  expect(rows).toHaveLength(tokens);
  for (const row of rows) {
    const j = Number(row.key_position);
    let dot = 0;
    for (let c = 0; c < width; c++) {
      const [q, k] = [Number(queries.data[5 * width + c]), Number(keys.data[j * width + c])];
      expect(Math.abs(Number(row[`query_${c}`]) - q)).toBeLessThan(1e-3);
      expect(Math.abs(Number(row[`key_${c}`]) - k)).toBeLessThan(1e-3);
      dot += Number(row[`product_${c}`]);
    }
    expect(Math.abs(dot - Number(row.dot))).toBeLessThan(1e-4);
    expect(Math.abs(dot * scale + Number(row.rest) - Number(row.logit))).toBeLessThan(1e-4);
    expect(Math.abs(Number(row.logit) - Number(logits.data[5 * tokens + j]))).toBeLessThan(5e-3);
    expect(Math.abs(Number(row.weight) - reference.weights(1, 2)[5 * tokens + j]!)).toBeLessThan(3e-3);
  }
  await engine.release();
});

test("a query under the cursor is previewed, a click keeps it, Escape lets go", async ({ explorer, page }) => {
  await explorer.open(link);
  const told = explorer.inspector.locator(".pinned-token");
  const before = await told.innerText();
  await query(page, 3).hover();
  await expect(explorer.inspector).toContainText("Query, position 3");
  await page.mouse.move(5, 5);
  await expect(told).toHaveText(before);
  await query(page, 3).click();
  await page.mouse.move(5, 5);
  await expect(explorer.inspector).toContainText("Pinned query, position 3");
  await page.keyboard.press("ArrowDown");
  await expect(explorer.inspector).toContainText("Pinned query, position 4");
  await page.keyboard.press("Escape");
  await expect(told).toHaveText(before);
});

test("layers and heads by keys, and a link brings everything back", async ({ explorer, page }) => {
  await explorer.open(`${link}&pin=4`);
  await page.keyboard.press("ArrowRight");
  await expect(explorer.layer(2)).toBeChecked();
  await page.keyboard.press(".");
  await expect(explorer.inspector).toContainText("head 2.3");
  await key(page, 6).click();
  await expect(explorer.inspector).toContainText("key at 6, chosen");
  await page.keyboard.press("d");
  await page.keyboard.press("k");
  await expect
    .poll(() => new URL(page.url()).hash)
    .toMatch(/layer=2.*head=3.*pin=4.*dims=contribution.*order=weight.*key=6/);
  const told = await explorer.inspector.innerText();
  await page.reload();
  await explorer.settled();
  await expect(explorer.layer(2)).toBeChecked();
  await expect(explorer.view.getByRole("radio", { name: /^Head 3/ })).toBeChecked();
  await expect.poll(() => explorer.inspector.innerText()).toBe(told);
});

test("the figure is the row as pinned", async ({ explorer }) => {
  await explorer.open(`${link}&pin=5`);
  const { data } = await explorer.export("SVG");
  expect(data.toString()).toContain("head 1.2");
  expect(data.toString().match(/<image/g)).toHaveLength(3);
});

test("the table opens on the pinned query", async ({ explorer, page }) => {
  await explorer.open(`${link}&pin=5`);
  await explorer.view.getByRole("button", { name: "Table" }).click();
  await expect(explorer.dialog.getByRole("heading", { name: "Neuron as a table" })).toBeVisible();
  await expect(explorer.dialog.getByRole("columnheader")).toHaveCount(12);
  await page.keyboard.press("Escape");
});
