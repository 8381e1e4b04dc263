import { expect, shipped, shippedFolder, test } from "./fixtures";
import { explainText, rowsOf } from "./reference";

const text = "the cast is so charming i left smiling";
const link = `text=${text.replaceAll(" ", "+")}&view=model`;

test("every head of every layer, each named by its place and what was measured", async ({ explorer }) => {
  await explorer.open(link);
  await explorer.measured();
  await expect(explorer.view.locator(".cell")).toHaveCount(shipped.layers * shipped.heads);
  await expect(explorer.cell(shipped.layers - 1, shipped.heads - 1)).toBeVisible();
  await expect(explorer.status).toContainText(`${shipped.layers * shipped.heads} heads measured`);
  const legend = explorer.section("Badges");
  await expect(legend).toContainText("looks at the token just before: 0.4 or more");
  expect(await explorer.page.locator("*").count()).toBeLessThan(2000);
});

test("a click opens a head large, with the numbers of the engine; again closes it", async ({ explorer, page }) => {
  await explorer.open(link);
  await explorer.cell(1, 2).click();
  await expect(explorer.cell(1, 2)).toHaveAttribute("aria-pressed", "true");
  await expect(explorer.inspector.getByRole("heading", { name: "Head 1.2" })).toBeVisible();
  await expect(explorer.inspector.getByRole("img", { name: /^Weights of this head/ })).toBeVisible();
  await expect(explorer.section("Character, 0 to 1")).toBeVisible();

  await explorer.view.getByRole("button", { name: "Table" }).click();
  const reference = await explainText(shippedFolder, text);
  const names = rowsOf(reference.encoding);
  const weights = reference.weights(1, 2);
  const { length } = names;
  const cells = await explorer.dialog
    .locator("tbody tr")
    .evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent ?? "")));
  expect(cells.length).toBe(Math.min(200, length * length));
  for (const [layer, head, query, , key, , weight] of cells) {
    expect([layer, head]).toEqual(["1", "2"]);
    expect(Math.abs(Number(weight) - weights[Number(query) * length + Number(key)]!)).toBeLessThan(2e-3);
  }
  await page.keyboard.press("Escape");

  await explorer.cell(1, 2).click();
  await expect(explorer.inspector).toContainText("No head open");
});

test("arrows walk the grid, Escape closes", async ({ explorer, page }) => {
  await explorer.open(link);
  const opened = explorer.inspector.getByRole("heading", { name: /^Head \d+\.\d+$/ });
  await page.keyboard.press("ArrowRight");
  await expect(opened).toHaveText("Head 0.0");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowDown");
  await expect(opened).toHaveText("Head 1.1");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("ArrowLeft");
  await expect(opened).toHaveText("Head 0.0");
  await explorer.inspector.getByRole("button", { name: "Next head" }).click();
  await expect(opened).toHaveText("Head 0.1");
  await page.keyboard.press("Escape");
  await expect(explorer.inspector).toContainText("No head open");
});

test("matrix or lines, tokens pinned and hovered in both", async ({ explorer, page }) => {
  await explorer.open(`${link}&open=1.2`);
  const matrix = explorer.inspector.locator(".matrix canvas");
  const pixels = () => matrix.evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
  await expect(matrix).toBeVisible();
  const idle = await pixels();
  const box = (await matrix.boundingBox())!;
  await matrix.hover({ position: { x: box.width / 2, y: box.height / 2 } });
  await expect(page.getByRole("tooltip")).toContainText(/\d → .* \d+: 0\.\d{4}/);
  await expect.poll(pixels).not.toBe(idle);
  await expect(explorer.page.locator(".token[data-lit=hover]")).toHaveCount(1);
  await matrix.click({ position: { x: box.width / 2, y: box.height / 2 } });
  await expect(explorer.page.locator(".token[data-lit=pin]")).toHaveCount(1);

  await explorer.inspector.getByText("Lines", { exact: true }).click();
  await expect(explorer.inspector.locator(".plot-canvas")).toBeVisible();
  await expect(explorer.inspector.locator(".row-token[data-lit=pin]")).toHaveCount(1);
  await explorer.inspector.getByRole("button", { name: "Show in Heads" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Heads");
  await expect(explorer.layer(1)).toBeChecked();
  expect(await explorer.headsOn()).toEqual([2]);
});

test("badges can be left out", async ({ explorer }) => {
  await explorer.open(link);
  await explorer.measured();
  const badges = explorer.view.getByRole("list", { name: "Badges" }).getByRole("button");
  await expect(badges.first()).toBeVisible();
  const off = badges.and(explorer.page.locator("[aria-pressed=false]"));
  for (let left = await off.count(); left > 0; left--) await off.first().click();
  const before = await explorer.thumbnails();
  await badges.first().click();
  await expect(badges.first()).toHaveAttribute("aria-pressed", "false");
  await expect.poll(() => explorer.thumbnails()).not.toBe(before);
  await badges.first().click();
  await expect.poll(() => explorer.thumbnails()).toBe(before);
});
