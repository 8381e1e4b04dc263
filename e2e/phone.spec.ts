import type { CDPSession, Locator } from "@playwright/test";
import { type Explorer, expect, shippedFolder, test } from "./fixtures";
import { rowsOf, tokenizerOf } from "./reference";

test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 });

const text = "the cast is so charming i left smiling";
const link = `text=${text.replaceAll(" ", "+")}&layer=1`;
const tokenizer = await tokenizerOf(shippedFolder);

const middle = async (element: Locator) => {
  const { x, y, width, height } = (await element.boundingBox())!;
  return { x: x + width / 2, y: y + height / 2 };
};

class Finger {
  constructor(readonly session: CDPSession) {}

  async #send(type: "touchStart" | "touchMove" | "touchEnd", points: { x: number; y: number }[]): Promise<void> {
    await this.session.send("Input.dispatchTouchEvent", { type, touchPoints: points });
  }

  async down(on: Locator): Promise<void> {
    await this.#send("touchStart", [await middle(on)]);
  }

  async to(on: Locator): Promise<void> {
    await this.#send("touchMove", [await middle(on)]);
  }

  up(): Promise<void> {
    return this.#send("touchEnd", []);
  }
}

const fingerOn = async ({ page }: Explorer) => new Finger(await page.context().newCDPSession(page));
const summary = (explorer: Explorer) => explorer.inspector.locator(".sheet-line");

test("the page fits: nothing scrolls sideways, and what is touched is large enough", async ({ explorer, page }) => {
  await explorer.open(link);
  expect(await page.evaluate(() => document.scrollingElement!.scrollWidth)).toBe(390);
  expect(await page.evaluate(() => document.scrollingElement!.scrollHeight)).toBe(844);
  await expect(explorer.rows("query")).toHaveText(rowsOf(tokenizer.encode(text)));
  const small = await page
    .locator(".header button:visible, .tabs button, .swatch, .layers select, .text-bar button:visible, .grip")
    .evaluateAll((buttons) =>
      buttons.flatMap((button) => {
        const { width, height } = button.getBoundingClientRect();
        const least = button.closest(".tabs") ? 40 : button.closest(".header, .heads, .layers") ? 32 : 24;
        const narrow = width < 20 && !button.matches(".token"); // a word is as wide as it is
        return height < least || narrow ? [`${button.getAttribute("aria-label")} ${width}×${height}`] : [];
      }),
    );
  expect(small).toEqual([]);
});

test("tabs switch views; a head opens large in the sheet", async ({ explorer, page }) => {
  await explorer.open(link);
  const look = explorer.rail.getByRole("button", { name: /^Look/ }); // goes on to the group's next view
  await expect(look).toHaveAttribute("aria-current", "page");
  await look.tap();
  await expect(page.getByRole("heading", { level: 1, name: "Model" })).toBeVisible();
  await explorer.cell(1, 2).tap();
  await expect(explorer.inspector).toContainText("Head 1.2");
  if (!(await explorer.inspector.getByRole("img", { name: /^Weights/ }).isVisible()))
    await explorer.inspector.getByRole("button", { name: "Open the sheet" }).tap();
  await expect(explorer.inspector.getByRole("img", { name: /^Weights/ })).toBeVisible();
  expect(await page.evaluate(() => document.scrollingElement!.scrollWidth)).toBe(390);
});

test("a tap pins; the sheet says what the token looks at, and opens and folds", async ({ explorer }) => {
  await explorer.open(link);
  await explorer.row("query", 5).tap();
  await expect(explorer.row("query", 5)).toHaveAttribute("aria-pressed", "true");
  await expect(summary(explorer)).toContainText(/charming\s*looks at.* \.\d\d/);
  await expect(explorer.section("Attends to")).toHaveCount(0);
  await explorer.inspector.getByRole("button", { name: "Open the sheet" }).tap();
  await expect(explorer.section("Attends to")).toBeVisible();
  await expect(explorer.inspector.getByRole("switch", { name: "Hide sinks" })).toBeVisible();
  await explorer.inspector.getByRole("button", { name: "Fold the sheet" }).tap();
  await expect(explorer.section("Attends to")).toHaveCount(0);
  await explorer.row("query", 5).tap();
  await expect(explorer.row("query", 5)).toHaveAttribute("aria-pressed", "false");
});

test("a finger along a column reads one token after the other, and pins the one it stops at", async ({ explorer }) => {
  await explorer.open(link);
  const finger = await fingerOn(explorer);
  await finger.down(explorer.row("key", 2));
  for (const position of [3, 4, 6]) {
    await finger.to(explorer.row("key", position));
    await expect(explorer.row("key", position)).toHaveAttribute("data-lit", "hover");
    await expect(explorer.row("query", position)).toHaveAttribute("data-lit", "hover");
    await expect(summary(explorer)).toContainText(rowsOf(tokenizer.encode(text))[position]!);
  }
  await expect(explorer.row("key", 2)).not.toHaveAttribute("data-lit");
  await finger.up();
  await expect(explorer.row("key", 6)).toHaveAttribute("aria-pressed", "true");
  await expect(explorer.row("key", 2)).toHaveAttribute("aria-pressed", "false");
});

test("the sheet follows a swipe on its grip", async ({ explorer, page }) => {
  await explorer.open(link);
  const session = await page.context().newCDPSession(page);
  const swipe = async (by: number) => {
    const { x, y } = await middle(explorer.inspector.locator(".grip"));
    await session.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [{ x, y }] });
    for (const part of [0.3, 0.6, 1])
      await session.send("Input.dispatchTouchEvent", { type: "touchMove", touchPoints: [{ x, y: y + by * part }] });
    await session.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
  };
  await swipe(-120);
  await expect(explorer.inspector.getByRole("button", { name: "Fold the sheet" })).toBeVisible();
  await swipe(120);
  await expect(explorer.inspector.getByRole("button", { name: "Open the sheet" })).toBeVisible();
});

test("layer and heads by touch; the text is edited in place", async ({ explorer, page }) => {
  await explorer.open(link);
  await page.getByRole("combobox", { name: "Layer" }).selectOption("0");
  await expect(explorer.announcer).toContainText("Layer 0");
  await explorer.head(1).tap();
  await expect(explorer.head(1)).toHaveAttribute("aria-pressed", "false");
  await page.getByRole("button", { name: "Edit text" }).tap();
  await explorer.textField.fill("a fine film");
  await page.getByRole("button", { name: "Done" }).tap();
  await explorer.settled();
  await expect(explorer.rows("query")).toHaveText(rowsOf(tokenizer.encode("a fine film")));
});
