import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { type Explorer, expect, test } from "./fixtures";

const link = "text=the+cast+is+so+charming+i+left+smiling&layer=1";

/** Nothing that axe finds wrong, each with where it is. */
async function expectNothingWrong(page: Page, where: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const wrong = violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${help} (${target}) ${failureSummary}`),
  );
  expect(wrong, where).toEqual([]);
}

/** The same of a page that follows the system, light and dark. */
async function expectNothingWrongInBoth(page: Page, where: string): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await expect(page.locator("html")).toHaveAttribute("data-theme", colorScheme);
    await expectNothingWrong(page, `${where}, ${colorScheme}`);
  }
}

test("axe finds nothing wrong in the views, windows and menus", async ({ explorer, page }) => {
  const { dialog } = explorer;
  await explorer.open(`${link}&pin=5`);
  await explorer.measured();
  await expectNothingWrongInBoth(page, "Heads");

  await page.keyboard.press("/");
  await expect(explorer.textField).toBeFocused();
  await expectNothingWrongInBoth(page, "a text that is edited");
  await explorer.textField.press("Escape");

  await explorer.view.getByRole("button", { name: "Table" }).click();
  await expect(dialog.getByRole("table")).toBeVisible();
  await expectNothingWrongInBoth(page, "the table");
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);

  await explorer.target.click();
  await expect(page.getByRole("menu")).toBeVisible();
  await expectNothingWrongInBoth(page, "an open menu");
  await page.keyboard.press("Escape");

  await explorer.openPicker();
  await expectNothingWrongInBoth(page, "the picker");
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);

  await page.keyboard.press("?");
  await expect(dialog).toBeVisible();
  await expectNothingWrongInBoth(page, "the keys");
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);

  await page.keyboard.press("2");
  await explorer.cell(1, 2).click();
  await expect(explorer.inspector.getByRole("img", { name: /^Weights/ })).toBeVisible();
  await explorer.measured();
  await expectNothingWrongInBoth(page, "Model");
});

test("axe finds nothing wrong while the model loads, and where it can't", async ({ explorer, page }) => {
  explorer.watch.forgive(/Failed to load resource/);
  let answer = () => {};
  const until = new Promise<void>((resolve) => {
    answer = resolve;
  });
  await page.route(/\.onnx$/, async (route) => {
    await until;
    await route.fulfill({ status: 503 });
  });
  await explorer.visit();
  await expect(explorer.view.getByText("Example, computed in advance")).toBeVisible();
  await expect(explorer.status.getByRole("progressbar")).toBeVisible();
  await expectNothingWrongInBoth(page, "the example");
  answer();
  await expect(page.getByRole("alert")).toBeVisible();
  await expectNothingWrongInBoth(page, "the failure");
});

/** Views that explain, each with what is there once it has all that it shows. */
const explaining: readonly { name: string; link: string; ready: (explorer: Explorer) => Promise<void> }[] = [
  {
    name: "Neuron",
    link: "view=neuron&layer=1&head=2&pin=5",
    ready: ({ view }) => expect(view.getByTestId("adds-up")).toContainText("to within"),
  },
  {
    name: "Rollout",
    link: "view=rollout&layer=1&pin=5",
    ready: ({ view }) => expect(view.locator(".map canvas")).toHaveCount(2, { timeout: 240_000 }),
  },
  {
    name: "Attribution",
    link: "view=attribution&method=lime&pin=5",
    ready: ({ announcer }) => expect(announcer).toContainText("LIME is done.", { timeout: 240_000 }),
  },
  {
    name: "Occlusion",
    link: "view=occlusion&pin=5",
    ready: ({ announcer }) => expect(announcer).toContainText("Every token was taken away once.", { timeout: 240_000 }),
  },
  {
    name: "Compare",
    link: "view=compare&methods=raw-attention,gradient-x-input,attn-lrp,leave-one-out&marked=5&pin=5&paraphrases=the+cast+is+charming",
    ready: async ({ view }) => {
      await expect(view).toContainText("forward passes to measure it", { timeout: 240_000 });
      await view.getByRole("button", { name: "Explain the paraphrase" }).click();
      await expect(view.getByRole("region", { name: "Consistency of each method" })).toBeVisible({ timeout: 240_000 });
    },
  },
];

test("axe finds nothing wrong in the views that explain, and in the report", async ({ explorer, page, context }) => {
  for (const { name, link: more, ready } of explaining) {
    await page.goto("about:blank");
    await explorer.visit(`text=the+cast+is+so+charming+i+left+smiling&${more}`);
    await ready(explorer);
    await expectNothingWrongInBoth(page, name);
  }
  await explorer.view.getByRole("button", { name: /^Methods, / }).click();
  await expect(page.getByRole("menu")).toBeVisible();
  await expectNothingWrongInBoth(page, "the methods of Compare");
  await page.keyboard.press("Escape");

  const { data } = await explorer.export("HTML");
  const report = await context.newPage();
  await report.setContent(data.toString());
  for (const colorScheme of ["light", "dark"] as const) {
    await report.emulateMedia({ colorScheme });
    await expectNothingWrong(report, `the report, ${colorScheme}`);
  }
  await report.emulateMedia({ media: "print" });
  await expectNothingWrong(report, "the report on paper");
  await report.close();
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  test("axe finds nothing wrong: Heads with the sheet open", async ({ explorer, page }) => {
    await explorer.open(`${link}&pin=5`);
    await explorer.inspector.getByRole("button", { name: "Open the sheet" }).tap();
    await expect(explorer.section("Attends to")).toBeVisible();
    await expectNothingWrong(page, "the open sheet");
  });
  test("axe finds nothing wrong in the views that explain", async ({ explorer, page }) => {
    for (const { name, link: more, ready } of explaining) {
      await page.goto("about:blank");
      await explorer.visit(`text=the+cast+is+so+charming+i+left+smiling&${more}`);
      await ready(explorer);
      await expectNothingWrong(page, name);
    }
  });
});

test("what changes is said to those who don't see it", async ({ explorer, page }) => {
  await explorer.open(`${link}&heads=0,3`);
  await expect(explorer.announcer).toContainText("Layer 1, heads 0, 3.");
  await explorer.row("query", 5).click();
  await expect(explorer.announcer).toContainText("Pinned charming, position 5.");
  await page.keyboard.press("2");
  await explorer.cell(2, 1).click();
  await expect(explorer.announcer).toContainText("Head 2.1 is open.");
});
