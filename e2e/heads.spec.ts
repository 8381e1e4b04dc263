import { expect, shipped, test } from "./fixtures";

const all = Array.from({ length: shipped.heads }, (_, i) => i);

test("a click takes a head away and brings it back", async ({ explorer }) => {
  await explorer.open("text=a+clever+film&layer=1");
  await expect.poll(() => explorer.headsOn()).toEqual(all);
  const lines = await explorer.lines();
  await explorer.head(2).click();
  await expect(explorer.head(2)).toHaveAttribute("aria-pressed", "false");
  expect(await explorer.headsOn()).toEqual(all.filter((head) => head !== 2));
  await expect(explorer.status).toContainText(`${all.length - 1} heads drawn`);
  await expect.poll(() => explorer.lines()).not.toBe(lines);
  await explorer.head(2).click();
  await expect.poll(() => explorer.headsOn()).toEqual(all);
  await expect.poll(() => explorer.lines()).toBe(lines);
});

test("a double-click leaves one head, another brings all back", async ({ explorer }) => {
  await explorer.open("text=a+clever+film&layer=1");
  await explorer.head(3).dblclick();
  await expect.poll(() => explorer.headsOn()).toEqual([3]);
  await expect(explorer.status).toContainText("1 head drawn");
  await expect(explorer.section(/^Head \d\.3$/)).toBeVisible();
  await explorer.head(1).dblclick();
  await expect.poll(() => explorer.headsOn()).toEqual([1]);
  await explorer.head(1).dblclick();
  await expect.poll(() => explorer.headsOn()).toEqual(all);
});

test("the last head stays on", async ({ explorer }) => {
  await explorer.open("text=a+clever+film&heads=2");
  await expect.poll(() => explorer.headsOn()).toEqual([2]);
  const lines = await explorer.lines();
  await explorer.head(2).click();
  await expect(explorer.head(2)).toHaveAttribute("aria-pressed", "true");
  expect(await explorer.lines()).toBe(lines);
});

test("Enter toggles, shift and Enter isolates, A brings all", async ({ explorer, page }) => {
  await explorer.open("text=a+clever+film&layer=1");
  await explorer.head(1).focus();
  await page.keyboard.press("Enter");
  await expect.poll(() => explorer.headsOn()).toEqual(all.filter((head) => head !== 1));
  await page.keyboard.press("Shift+Enter");
  await expect.poll(() => explorer.headsOn()).toEqual([1]);
  await page.keyboard.press("a");
  await expect.poll(() => explorer.headsOn()).toEqual(all);
});

test("heads keep their colours, and each number stands on its own", async ({ explorer }) => {
  await explorer.open("text=a+clever+film&layer=1");
  const colours = await explorer.view
    .locator(".swatch")
    .evaluateAll((swatches) => swatches.map((swatch) => getComputedStyle(swatch).backgroundColor));
  expect(new Set(colours).size).toBe(Math.min(12, shipped.heads));
  await expect(explorer.view.locator(".swatch")).toHaveText(all.map(String));
});

test("straight lines by the switch and by C", async ({ explorer, page }) => {
  await explorer.open("text=a+clever+film&layer=1");
  const curved = await explorer.lines();
  await explorer.view.getByText("Straight", { exact: true }).click();
  await expect(explorer.view.getByRole("radio", { name: "Straight" })).toBeChecked();
  await expect.poll(() => explorer.lines()).not.toBe(curved);
  await page.locator("body").press("c");
  await expect(explorer.view.getByRole("radio", { name: "Curved" })).toBeChecked();
  await expect.poll(() => explorer.lines()).toBe(curved);
});
