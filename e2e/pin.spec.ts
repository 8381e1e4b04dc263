import { expect, shippedFolder, test } from "./fixtures";
import { explainText, type Reference, rowsOf, withoutSinks } from "./reference";

const text = "the cast is so charming i left smiling";
const link = `text=${text.replaceAll(" ", "+")}&layer=1&heads=0,3`;

/** The five largest of a list, as the inspector shows them. */
const strongest = (values: readonly number[], reference: Reference) => {
  const names = rowsOf(reference.encoding);
  return values
    .map((value, i) => ({ token: names[i]!, value }))
    .sort((a, b) => b.value - a.value)
    .slice(0, 5);
};

test("a click pins: the inspector fills with the numbers of the engine; again unpins", async ({ explorer, page }) => {
  await explorer.open(link);
  const reference = await explainText(shippedFolder, text);
  const { length } = reference.encoding.ids;
  const heads = [0, 3].map((head) => withoutSinks(reference, 1, head));
  const mean = (at: number) => heads.reduce((sum, head) => sum + head[at]!, 0) / heads.length;

  await explorer.row("query", 5).click();
  await expect(explorer.row("query", 5)).toHaveAttribute("aria-pressed", "true");
  await expect(explorer.row("query", 5)).toHaveCSS("background-color", "rgb(20, 23, 28)");
  await expect(explorer.chips.nth(5)).toHaveAttribute("data-lit", "pin");
  await expect(explorer.inspector).toContainText("Pinned token, position 5");
  await expect(explorer.section("Attends to")).toContainText("layer 1, 2 heads, mean");
  const positions = Array.from({ length }, (_, i) => i);
  for (const [title, values] of [
    ["Attends to", positions.map((key) => mean(5 * length + key))],
    ["Attended by", positions.map((query) => mean(query * length + 5))],
  ] as const) {
    const shown = await explorer.strengths(title);
    const expected = strongest(values, reference);
    expect(shown.length).toBe(5);
    for (const [i, { value }] of shown.entries()) expect(Math.abs(value - expected[i]!.value)).toBeLessThan(0.0075);
    expect(shown[0]!.token).toBe(expected[0]!.token);
  }

  await explorer.row("query", 5).click();
  await expect(explorer.row("query", 5)).toHaveAttribute("aria-pressed", "false");
  await page.mouse.move(5, 5);
  await expect(explorer.inspector).toContainText("No token pinned");
});

test("hovering another leaves the pin; Escape lets go", async ({ explorer, page }) => {
  await explorer.open(link);
  await explorer.row("key", 4).click();
  await expect(explorer.row("key", 4)).toHaveAttribute("aria-pressed", "true");
  await explorer.row("query", 2).hover();
  await expect(explorer.row("query", 2)).toHaveAttribute("data-lit", "hover");
  await expect(explorer.row("key", 4)).toHaveAttribute("data-lit", "pin");
  await expect(explorer.inspector).toContainText("Pinned token, position 4");
  await page.mouse.move(5, 5);
  await page.keyboard.press("Escape");
  await expect(explorer.inspector).toContainText("No token pinned");
  await expect(page.locator("[data-lit]")).toHaveCount(0);
});

test("P pins what is under the cursor, up and down move it, P lets go", async ({ explorer, page }) => {
  await explorer.open(link);
  await explorer.row("query", 3).hover();
  await page.keyboard.press("p");
  await expect(explorer.inspector).toContainText("Pinned token, position 3");
  await page.mouse.move(5, 5);
  await page.keyboard.press("ArrowDown");
  await expect(explorer.inspector).toContainText("Pinned token, position 4");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowUp");
  await expect(explorer.row("query", 2)).toHaveAttribute("aria-pressed", "true");
  for (let i = 0; i < 5; i++) await page.keyboard.press("ArrowUp");
  await expect(explorer.row("query", 0)).toHaveAttribute("aria-pressed", "true");
  await page.keyboard.press("p");
  await expect(explorer.inspector).toContainText("No token pinned");
});

test("a chip and the inspector pin and unpin too", async ({ explorer }) => {
  await explorer.open(link);
  await explorer.chips.nth(6).click();
  await expect(explorer.row("query", 6)).toHaveAttribute("aria-pressed", "true");
  const other = explorer.section("Attends to").getByRole("button").first();
  const position = /position (\d+)/.exec((await other.getAttribute("title"))!)![1]!;
  await other.click();
  await expect(explorer.inspector).toContainText(`Pinned token, position ${position}`);
  await explorer.inspector.getByRole("button", { name: "Unpin" }).click();
  await expect(explorer.inspector).toContainText("No token pinned");
});

test("a pin stays with its token when words come before it, and goes with it", async ({ explorer }) => {
  await explorer.open(link);
  await explorer.row("query", 5).click();
  await explorer.explain(`yes ${text}`);
  await expect(explorer.inspector).toContainText("Pinned token, position 6");
  await expect(explorer.row("query", 6)).toHaveAttribute("aria-pressed", "true");
  await explorer.explain("something else");
  await expect(explorer.inspector).toContainText("No token pinned");
});

test("I hides the side panel and brings it back", async ({ explorer, page }) => {
  await explorer.open(link);
  await page.keyboard.press("i");
  await expect(explorer.inspector).toHaveCount(0);
  await page.keyboard.press("i");
  await expect(explorer.inspector).toBeVisible();
});
