import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, type FrameLocator, type Page, test } from "@playwright/test";
import { type Lab, python, startLab } from "./jupyter";

// One notebook, run once; the stories look at it one after the other.
test.describe.configure({ mode: "serial" });

let lab: Lab;
test.beforeAll(async () => {
  lab = await startLab();
});
test.afterAll(() => lab.close());

/** The frames of the example's views, in order. */
const views = (page: Page): FrameLocator[] =>
  [0, 1, 2].map((n) => page.locator("iframe[srcdoc]").nth(n).contentFrame());

/** How many colours a view's canvas shows. One that is blank shows one. */
const colours = (frame: FrameLocator, canvas: string): Promise<number> =>
  frame.locator(canvas).evaluate((element: HTMLCanvasElement) => {
    const { data } = element.getContext("2d")!.getImageData(0, 0, element.width, element.height);
    return new Set(new Uint32Array(data.buffer)).size;
  });

/** Every view is drawn: the words of the text, and more colours on each canvas than a blank one has. */
async function drawn(page: Page): Promise<void> {
  const [heads, model, neuron] = views(page) as [FrameLocator, FrameLocator, FrameLocator];
  await page.locator("iframe[srcdoc]").first().scrollIntoViewIfNeeded();
  const looks = heads.getByRole("list", { name: "Tokens that look", exact: true }).getByRole("button");
  await expect(looks).toHaveText(["When", "Mary", "and", "John", "went", "to", "the", "store"]);
  await expect.poll(() => colours(heads, ".plot-canvas")).toBeGreaterThan(20);
  await page.locator("iframe[srcdoc]").nth(1).scrollIntoViewIfNeeded();
  await expect(model.getByRole("heading", { level: 1 })).toContainText("Model");
  await expect.poll(() => colours(model, ".grid-canvas")).toBeGreaterThan(20);
  await page.locator("iframe[srcdoc]").nth(2).scrollIntoViewIfNeeded();
  await expect(neuron.getByRole("heading", { level: 1 })).toContainText("Neuron");
  await expect.poll(() => colours(neuron, ".plot-canvas")).toBeGreaterThan(20);
}

async function menu(page: Page, name: string, item: string): Promise<void> {
  await page.getByRole("menuitem", { name, exact: true }).click();
  await page.locator(".lm-Menu-itemLabel").getByText(item, { exact: true }).click();
}

test("in JupyterLab the example runs and its views are drawn, in the theme of the lab", async ({ page }, info) => {
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  await page.goto(lab.at("lab/tree/attention.ipynb"));
  await expect(page.locator(".jp-Notebook-ExecutionIndicator")).toHaveAttribute("data-status", "idle");
  await menu(page, "Run", "Run All Cells");
  await expect(page.locator(".jp-CodeCell").last().locator(".jp-OutputArea-output")).toHaveText(/^\d+\s*$/);
  await drawn(page);
  await page.screenshot({ path: info.outputPath("lab-neuron.png") });

  const [heads] = views(page) as [FrameLocator];
  await page.locator("iframe[srcdoc]").first().scrollIntoViewIfNeeded();
  const mary = heads.getByRole("button", { name: /^Mary, position 1, looks$/ });
  await mary.click();
  await expect(mary).toHaveAttribute("aria-pressed", "true");
  await expect(heads.locator("html")).toHaveAttribute("data-theme", "light");
  await page.screenshot({ path: info.outputPath("lab-light.png") });

  await page.locator(".lm-MenuBar-item").getByText("Settings", { exact: true }).click();
  await page.locator(".lm-Menu-itemLabel").getByText("Theme", { exact: true }).hover();
  await page.locator(".lm-Menu-itemLabel").getByText("JupyterLab Dark", { exact: true }).click();
  await expect(page.locator("body")).toHaveAttribute("data-jp-theme-light", "false");
  await expect(heads.locator("html")).toHaveAttribute("data-theme", "dark");
  await expect(mary).toHaveAttribute("aria-pressed", "true");
  await page.screenshot({ path: info.outputPath("lab-dark.png") });
  expect(errors).toEqual([]);
  await page.keyboard.press("Control+s");
  await expect(page.locator(".jp-mod-dirty")).toHaveCount(0);
});

test("an exported page shows the views, from a file", async ({ page }, info) => {
  const notebook = join(lab.folder, "attention.ipynb");
  const { status, stderr } = spawnSync(python, ["-m", "nbconvert", "--to", "html", notebook], { encoding: "utf8" });
  expect(status, stderr).toBe(0);
  await page.goto(`file://${join(lab.folder, "attention.html")}`);
  await drawn(page);
  await page.screenshot({ path: info.outputPath("exported.png") });
});

test("a page that Jupyter serves is sandboxed, and shows them too", async ({ page }) => {
  await page.goto(lab.at("files/attention.html"));
  expect(await page.evaluate(() => self.origin)).toBe("null");
  await drawn(page);
});
