import { expect, test } from "./fixtures";

const yellow = "rgb(255, 223, 107)";

test("a token under the cursor lights up wherever it stands; leaving restores", async ({ explorer, page }) => {
  await explorer.open("text=the+cast+is+so+charming+i+left+smiling");
  await explorer.measured();
  const idle = await explorer.lines();
  const places = () => explorer.rows("query").evaluateAll((rows) => rows.map((row) => row.getBoundingClientRect().top));
  const before = await places();

  await explorer.row("query", 5).hover();
  for (const token of [explorer.row("query", 5), explorer.row("key", 5), explorer.chips.nth(5)]) {
    await expect(token).toHaveAttribute("data-lit", "hover");
    await expect(token).toHaveCSS("background-color", yellow);
  }
  await expect(explorer.inspector).toContainText("Token, position 5");
  await expect.poll(explorer.lines.bind(explorer)).not.toBe(idle);
  const hovered = await explorer.lines();
  expect(await places()).toEqual(before);

  await explorer.row("key", 2).hover();
  await expect(explorer.row("query", 2)).toHaveAttribute("data-lit", "hover");
  await expect(explorer.row("query", 5)).not.toHaveAttribute("data-lit");
  await expect.poll(explorer.lines.bind(explorer)).not.toBe(hovered);

  await page.mouse.move(5, 5);
  await expect(explorer.lit).toHaveCount(0);
  await expect(explorer.inspector).toContainText("No token pinned");
  await expect.poll(explorer.lines.bind(explorer)).toBe(idle);
});

test("chips and rows of the inspector light the same", async ({ explorer }) => {
  await explorer.open("text=the+cast+is+so+charming+i+left+smiling");
  await explorer.chips.nth(3).hover();
  await expect(explorer.row("query", 3)).toHaveAttribute("data-lit", "hover");
  await expect(explorer.row("key", 3)).toHaveAttribute("data-lit", "hover");

  await explorer.row("query", 5).click();
  const strongest = explorer.section("Attends to").getByRole("button").first();
  await strongest.hover();
  const position = /position (\d+)/.exec((await strongest.getAttribute("title"))!)![1]!;
  await expect(explorer.row("key", Number(position))).toHaveAttribute("data-lit", "hover");
  await expect(explorer.chips.nth(Number(position))).toHaveAttribute("data-lit", "hover");
  await expect(strongest).toHaveCSS("background-color", yellow);
});
