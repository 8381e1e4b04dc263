import { type Explorer, expect, fixtures, shippedFolder, test } from "./fixtures";
import { onTheCommandLine, readCsv } from "./reference";

const text = "a clever film with a warm heart";
const link = `text=${text.replaceAll(" ", "+")}&view=occlusion`;

/** Tokens and windows have been taken away. */
const done = async (explorer: Explorer): Promise<void> => {
  await expect(explorer.status).toContainText("One at a time: done; windows: done", { timeout: 240_000 });
};

test("bars and windows with the command line's numbers; the removal is said", async ({ explorer }) => {
  await explorer.visit(link);
  await done(explorer);
  await expect(explorer.view).toContainText(
    "Change in the logit of POSITIVE less that of NEGATIVE when a token is replaced by [MASK].",
  );
  const target = ["--target", "POSITIVE", "--against", "NEGATIVE"];
  const { methods } = await onTheCommandLine(shippedFolder, text, "--method", "feature-ablation", ...target);
  const expected = methods[0]!.values;
  const largest = Math.max(...expected.map(Math.abs));
  const rows = readCsv((await explorer.export("CSV")).data);
  const alone = rows.filter(({ window }) => window === "1");
  expect(alone.length).toBe(7);
  for (const { from_position, change } of alone)
    expect(Math.abs(Number(change) - expected[Number(from_position)]!)).toBeLessThan(2e-2 * largest);
  const windows = rows.filter(({ window }) => window === "3").map(({ change }) => Math.abs(Number(change)));
  expect(windows.length).toBe(5);
  expect(windows).toEqual([...windows].sort((a, b) => b - a));
  await expect(explorer.view).toContainText("one that the model may never have seen");
});

test("what the model says without the pinned token is what the bar says", async ({ explorer }) => {
  await explorer.visit(`${link}&pin=2`);
  await done(explorer);
  const without = explorer.section("Without it");
  await expect(without).toContainText("[MASK]");
  await expect(without).toContainText("logit gap");
  const rows = readCsv((await explorer.export("CSV")).data);
  const change = -Number(rows.find(({ window, from_position }) => window === "1" && from_position === "2")!.change);
  const sign = change < 0 ? "−" : "+";
  await expect(without.locator("dd").last()).toHaveText(`${sign}${Math.abs(change).toFixed(2)}`);
});

test("deletion, wider windows by keys, and the link keeps them", async ({ explorer, page }) => {
  await explorer.visit(link);
  await done(explorer);
  await explorer.view.getByRole("combobox", { name: "Replacement" }).selectOption({ label: "deletion" });
  await expect(explorer.view).toContainText("when a token is deleted");
  await page.keyboard.press("Escape");
  await page.locator("body").press("ArrowRight");
  await expect(explorer.view.getByRole("radio", { name: "4" })).toBeChecked();
  await done(explorer);
  await expect(page).toHaveURL(/option=feature-ablation\.removal:delete/);
  await expect(page).toHaveURL(/option=occlusion\.window:4/);
});

test("ways that a vocabulary lacks can't be chosen, and say why", async ({ explorer }) => {
  await explorer.visit(link);
  await done(explorer);
  await explorer.dropModel(`${fixtures}/gpt2`, "gpt2");
  const mask = explorer.view
    .getByRole("combobox", { name: "Replacement" })
    .getByRole("option", { name: /^mask token/ });
  await expect(mask).toBeDisabled();
  await expect(mask).toHaveText(/not in this vocabulary/);
});
