import { expect, shipped, test } from "./fixtures";

const view = (page: import("@playwright/test").Page) => page.getByRole("heading", { level: 1 });

test("views by the rail and by their numbers; what was chosen in each stays", async ({ explorer, page }) => {
  await explorer.open("text=a+clever+film&layer=1&heads=0,2");
  await expect(view(page)).toHaveText("Heads");
  await explorer.rail.getByRole("button", { name: "Model" }).click();
  await expect(view(page)).toHaveText("Model");
  await expect(explorer.rail.getByRole("button", { name: "Model" })).toHaveAttribute("aria-current", "page");
  await expect(explorer.cell(0, 0)).toBeVisible();
  await page.keyboard.press("1");
  await expect(view(page)).toHaveText("Heads");
  await expect(explorer.layer(1)).toBeChecked();
  expect(await explorer.headsOn()).toEqual([0, 2]);
  await page.keyboard.press("2");
  await expect(view(page)).toHaveText("Model");
});

test("layers by number, by button and by arrow keys, up to the ends", async ({ explorer, page }) => {
  await explorer.open("text=a+clever+film&layer=1");
  const last = shipped.layers - 1;
  const lines = await explorer.lines();
  await explorer.chooseLayer(0);
  await expect.poll(() => explorer.lines()).not.toBe(lines);
  await expect(explorer.view.getByRole("button", { name: "Previous layer" })).toBeDisabled();
  await explorer.view.getByRole("button", { name: "Next layer" }).click();
  await expect(explorer.layer(1)).toBeChecked();
  await expect.poll(() => explorer.lines()).toBe(lines);
  await page.locator("body").press("ArrowRight");
  await expect(explorer.layer(2)).toBeChecked();
  await page.keyboard.press("ArrowLeft");
  await expect(explorer.layer(1)).toBeChecked();
  for (let i = 0; i < shipped.layers; i++) await page.keyboard.press("ArrowRight");
  await expect(explorer.layer(last)).toBeChecked();
  await expect(explorer.view.getByRole("button", { name: "Next layer" })).toBeDisabled();
  await expect(explorer.section(new RegExp(`^Head ${last}\\.`))).toBeVisible();
});

test("another text stays at the layer and heads that were chosen", async ({ explorer }) => {
  await explorer.open("text=a+clever+film&layer=1&heads=0,2");
  await explorer.explain("a dull film");
  await expect(explorer.layer(1)).toBeChecked();
  expect(await explorer.headsOn()).toEqual([0, 2]);
});

test("the list of keys opens with ? and closes with Escape", async ({ explorer, page }) => {
  await explorer.open();
  await page.keyboard.press("?");
  await expect(explorer.dialog.getByRole("heading", { name: "All keys" })).toBeVisible();
  await expect(explorer.dialog).toContainText("pin the token under the cursor");
  await page.keyboard.press("Escape");
  await expect(explorer.dialog).toHaveCount(0);
  await explorer.rail.getByRole("button", { name: "all keys" }).click();
  await explorer.dialog.getByRole("button", { name: "Close" }).click();
  await expect(explorer.dialog).toHaveCount(0);
});
