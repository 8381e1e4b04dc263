import { type Explorer, expect, test } from "./fixtures";

/** A model that never changes, so that only the page can make a screen differ. */
const link = "model=someone/bert&text=the+plot+was+clever+but+slow&layer=1&pin=3";

/** Device, time and memory are the machine's; the rest of the page is ours. */
const compare = async (explorer: Explorer, name: string): Promise<void> => {
  const { page } = explorer;
  await page.evaluate(() => document.fonts.ready);
  await expect(page).toHaveScreenshot(`${name}.png`, {
    mask: [page.locator(".model-device"), page.locator(".status-facts")],
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

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  test("Heads looks as it did", async ({ explorer, hub: _ }) => {
    await explorer.open(`${link}&theme=light`);
    await rest(explorer);
    await compare(explorer, "phone");
  });
});
