import type { Page } from "@playwright/test";
import { expect, shipped, shippedFolder, test } from "./fixtures";
import { rowsOf, tokenizerOf } from "./reference";

const tokenizer = await tokenizerOf(shippedFolder);
const link = "text=the+cast+is+so+charming&layer=1";

interface Stop {
  readonly name: string;
  /** Whether something around it shows that it has the focus. */
  readonly shown: boolean;
  readonly inside: boolean;
}

/** What has the focus, and how it shows. */
const focused = (page: Page): Promise<Stop | null> =>
  page.evaluate(() => {
    const element = document.activeElement;
    if (!(element instanceof HTMLElement) || element === document.body) return null;
    const label = element instanceof HTMLInputElement ? element.labels?.[0]?.innerText : null;
    const name = element.getAttribute("aria-label") ?? (label || element.innerText || element.id);
    const around = [element, element.nextElementSibling, element.parentElement, element.closest("form, fieldset")];
    const shown = around.some((each) => {
      if (!each) return false;
      const { outlineStyle, outlineWidth } = getComputedStyle(each);
      return outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 2;
    });
    const { left, top, right, bottom } = (element.nextElementSibling ?? element).getBoundingClientRect();
    const inside = right > 0 && bottom > 0 && left < innerWidth && top < innerHeight;
    return { name: name.replace(/\s+/g, " ").trim(), shown, inside };
  });

/** Everything that Tab stops at, until it has been round. */
async function tour(page: Page): Promise<Stop[]> {
  const stops: Stop[] = [];
  for (let i = 0; i < 80; i++) {
    await page.keyboard.press("Tab");
    const stop = await focused(page);
    if (!stop || stop.name === stops[0]?.name) break;
    stops.push(stop);
  }
  return stops;
}

test("Tab goes through the page in reading order, and every stop can be seen", async ({ explorer, page }) => {
  await explorer.open(link);
  await explorer.measured();
  const stops = await tour(page);
  expect(stops.filter(({ shown, inside }) => !shown || !inside)).toEqual([]);
  const names = stops.map(({ name }) => name);
  const order = [
    /^Skip to the view$/,
    /^Model: /,
    /^Share link$/,
    /^Export$/,
    /^Theme: /,
    /^Edit text$/,
    /^Target: /,
    /^Against: /,
    /^Heads/,
    /^Model/,
    /all keys$/,
    /^Curved$/,
    /^Table$/,
    /^Embed$/,
    /layer$/,
    /^Layer 1$/,
    /^Head 0/,
    new RegExp(`^Head ${shipped.heads - 1}`),
    /^Hide sinks$/,
    /, looks$/,
    /, looked at$/,
  ];
  let from = 0;
  for (const wanted of order) {
    const at = names.findIndex((name, i) => i >= from && wanted.test(name));
    expect(at, `${wanted} after ${names[from - 1]} in ${names.join(" | ")}`).toBeGreaterThanOrEqual(from);
    from = at + 1;
  }
});

test("the first stop skips to the view", async ({ explorer, page }) => {
  await explorer.open(link);
  await page.keyboard.press("Tab");
  await expect(page.getByRole("button", { name: "Skip to the view" })).toBeInViewport();
  await page.keyboard.press("Enter");
  await expect(explorer.view).toBeFocused();
  await page.keyboard.press("Tab");
  expect((await focused(page))!.name).toBe("Curved");
});

test("from a text to a pinned token and a figure without a pointer", async ({ explorer, page }) => {
  await explorer.open(link);
  await page.keyboard.press("/");
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.type("a warm film with a cold end");
  await page.keyboard.press("Enter");
  await explorer.settled();
  await page.keyboard.press("ArrowRight");
  await expect(explorer.layer(2)).toBeChecked();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await expect(explorer.row("query", 1)).toHaveAttribute("data-lit", "hover");
  await page.keyboard.press("p");
  await expect(explorer.row("query", 1)).toHaveAttribute("aria-pressed", "true");
  await page.keyboard.press("h");
  await expect(explorer.switch("Hide sinks")).not.toBeChecked();
  await explorer.head(3).focus();
  await page.keyboard.press("Shift+Enter");
  await expect.poll(() => explorer.headsOn()).toEqual([3]);
  await page.getByRole("button", { name: "Export" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("menuitem").first()).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("menuitem", { name: /^CSV/ })).toBeFocused();
  const download = page.waitForEvent("download");
  await page.keyboard.press("Enter");
  expect((await download).suggestedFilename()).toBe(`${shipped.name}-heads.csv`);
  await expect(page.getByRole("button", { name: "Export" })).toBeFocused();
});

test("a row of a column is a stop: arrows read the column, Enter pins", async ({ explorer, page }) => {
  await explorer.open(link);
  await explorer.row("query", 0).focus();
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Tab");
  await expect(explorer.row("query", 0)).toBeFocused();
  await expect(explorer.row("query", 0)).toHaveAttribute("data-lit", "hover");
  await page.keyboard.press("ArrowDown");
  await expect(explorer.row("query", 1)).toHaveAttribute("data-lit", "hover");
  await page.keyboard.press("p");
  await expect(explorer.row("query", 1)).toHaveAttribute("aria-pressed", "true");
  await page.keyboard.press("Escape");
  await expect(explorer.row("query", 1)).toHaveAttribute("aria-pressed", "false");
});

test("windows keep the focus, close on Escape and give it back", async ({ explorer, page }) => {
  await explorer.open(link);
  await explorer.modelChip.focus();
  await page.keyboard.press("Enter");
  await expect(explorer.dialog).toBeVisible();
  for (let i = 0; i < 30; i++) {
    await page.keyboard.press("Tab");
    const out = await page.evaluate(() => {
      const at = document.activeElement;
      return at !== document.body && at?.closest("dialog") === null;
    });
    expect(out).toBe(false);
  }
  await page.keyboard.press("Escape");
  await expect(explorer.dialog).toHaveCount(0);
  await expect(explorer.modelChip).toBeFocused();

  await explorer.target.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("menuitemradio").first()).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("menu")).toHaveCount(0);
  await expect(explorer.target).toBeFocused();
});

test("while something is typed, its letters are no commands", async ({ explorer, page }) => {
  await explorer.open(link);
  await page.keyboard.press("/");
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.type("pa1h2m?");
  await expect(explorer.textField).toHaveValue("pa1h2m?");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Heads");
  await expect(explorer.dialog).toHaveCount(0);
  await page.keyboard.press("Enter");
  await expect(explorer.rows("query")).toHaveText(rowsOf(tokenizer.encode("pa1h2m?")));
  await page.keyboard.press("Control+p");
  await expect(explorer.inspector).toContainText("No token pinned");
});
