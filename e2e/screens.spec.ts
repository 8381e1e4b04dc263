import type { Locator } from "@playwright/test";
import { type Explorer, expect, test } from "./fixtures";

/** A model that never changes, so that only the page can make a screen differ. */
const link = "model=someone/bert&text=the+plot+was+clever+but+slow&layer=1&pin=3";

/** Device, time and memory are the machine's; the rest of the page is ours. */
const compare = async (explorer: Explorer, name: string, ...machine: readonly Locator[]): Promise<void> => {
  const { page } = explorer;
  await page.evaluate(() => document.fonts.ready);
  await expect(page).toHaveScreenshot(`${name}.png`, {
    mask: [page.locator(".model-device"), page.locator(".status-facts"), page.getByTestId("cost"), ...machine],
    maskColor: "#808080",
    maxDiffPixelRatio: 0.02,
  });
};

/** Nothing is hovered, nothing is told, everything is measured. */
async function rest(explorer: Explorer): Promise<void> {
  await explorer.settled();
  await explorer.measured();
  await expect(explorer.lit).toHaveCount(0);
  await expect(explorer.notices.getByRole("listitem")).toHaveCount(0);
}

test("Heads in light and dark, and Model with a head open, look as they did", async ({ explorer, hub: _, page }) => {
  await explorer.open(`${link}&theme=light`);
  await rest(explorer);
  await expect(explorer.row("query", 3)).toHaveAttribute("aria-pressed", "true");
  await compare(explorer, "heads-light");

  await page.getByRole("button", { name: "Theme: light" }).click();
  await page.mouse.move(0, 0);
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await compare(explorer, "heads-dark");

  await page.getByRole("button", { name: "Theme: dark" }).click(); // as the system, which is light
  await page.keyboard.press("2");
  await explorer.cell(1, 2).click();
  await page.mouse.move(0, 0);
  await expect(page.locator("html")).toHaveAttribute("data-theme", "light");
  await expect(explorer.inspector.getByRole("img", { name: /^Weights/ })).toBeVisible();
  await rest(explorer);
  await compare(explorer, "model-light");
});

test("views that explain look as they did", async ({ explorer, hub: _, page }) => {
  await explorer.open(`${link}&theme=light&view=neuron&head=2&methods=raw-attention,gradient-x-input,leave-one-out`);
  const { view, status, inspector } = explorer;
  await expect(view.getByTestId("adds-up")).toContainText("to within");
  await rest(explorer);
  await compare(explorer, "neuron-light");

  await page.keyboard.press("4");
  await expect(page.locator(".map canvas")).toHaveCount(2);
  await expect(status).toContainText(/of \d+ tokens/);
  await rest(explorer);
  await compare(explorer, "rollout-light");

  await page.keyboard.press("5");
  await expect(view.getByTestId("completeness")).toBeVisible();
  await rest(explorer);
  await compare(explorer, "attribution-light", inspector.getByText(/passes?, /));

  await page.keyboard.press("6");
  await expect(status).toContainText("One at a time: done; windows: done");
  await rest(explorer);
  await compare(explorer, "occlusion-light");

  await page.keyboard.press("7");
  await expect(view).toContainText("forward passes to measure it");
  await rest(explorer);
  const times = [
    view.locator("[aria-labelledby=faithful] canvas"),
    view.locator("[aria-labelledby=numbers] td:last-child"),
    inspector.locator(".notes-list .small"),
  ];
  await compare(explorer, "compare-light", ...times);
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  test("Heads looks as it did", async ({ explorer, hub: _ }) => {
    await explorer.open(`${link}&theme=light`);
    await rest(explorer);
    await compare(explorer, "phone");
  });
});
