import { type Explorer, expect, shipped, shippedFolder, test } from "./fixtures";
import { onTheCommandLine, readCsv } from "./reference";

const text = "a clever film with a warm heart";
const methods = ["raw-attention", "gradient-x-input", "attn-lrp", "leave-one-out"];
const link = `text=${text.replaceAll(" ", "+")}&view=compare&methods=${methods}`;

const done = async (explorer: Explorer, count: number): Promise<void> => {
  await expect(explorer.announcer).toContainText(`${count} methods are compared.`, { timeout: 240_000 });
};
const measured = async (explorer: Explorer): Promise<void> => {
  await expect(explorer.view).toContainText("forward passes to measure it", { timeout: 240_000 });
};

test("every method's numbers are the command line's; who agrees, and what it cost, is said", async ({ explorer }) => {
  await explorer.visit(link);
  await done(explorer, 4);
  await measured(explorer);
  const target = ["--target", "POSITIVE", "--against", "NEGATIVE"];
  const given = methods.flatMap((id) => ["--method", id]);
  const printed = await onTheCommandLine(shippedFolder, text, ...given, ...target);
  const rows = readCsv((await explorer.export("CSV")).data);
  for (const { id, values } of printed.methods) {
    const own = rows.filter(({ method }) => method === id);
    const largest = Math.max(...values.map(Math.abs));
    expect(own.length).toBe(values.length);
    for (const { position, value } of own)
      expect(Math.abs(Number(value) - values[Number(position)]!), `${id} at ${position}`).toBeLessThan(2e-2 * largest);
  }
  await expect(explorer.view).toContainText(
    /\d of 4 methods put \S+ first\. Median rank agreement ρ −?\d\.\d\d over 7 tokens/,
  );
  await expect(explorer.view.getByRole("img", { name: /^Spearman correlations of 4 methods/ })).toBeVisible();
  await expect(explorer.view.getByRole("img", { name: /^Raw attention: comprehensiveness/ })).toBeVisible();
  await expect(explorer.view.getByRole("row", { name: /^Leave one out/ })).toContainText("8 forward passes");
  await expect(explorer.inspector).toContainText("it says nothing of the target");
});

test("methods are chosen from a menu that says what they take; the link keeps them", async ({ explorer, page }) => {
  await explorer.visit(link);
  await done(explorer, 4);
  await explorer.view.getByRole("button", { name: "Methods, 4" }).click();
  await expect(page.getByRole("menuitemcheckbox", { name: /^LIME/ })).toContainText("about 1,000 passes");
  await page.getByRole("menuitemcheckbox", { name: /^AttnLRP/ }).click();
  await page.getByRole("menuitemcheckbox", { name: /^Random/ }).click();
  await page.keyboard.press("Escape");
  await done(explorer, 4);
  await expect(page).toHaveURL(/methods=raw-attention,gradient-x-input,leave-one-out,random/);
  await expect(explorer.view.getByRole("button", { name: /^Random: done/ })).toBeVisible();
  await expect(explorer.view.getByRole("button", { name: /^AttnLRP/ })).toHaveCount(0);
});

test("Escape stops what still runs; what is done stays", async ({ explorer, page }) => {
  const long = "methods=raw-attention,shapley-sampling,lime&option=shapley-sampling.orders:1000";
  await explorer.visit(link.replace(/methods=.*/, long));
  await expect(explorer.view.getByRole("button", { name: /^Raw attention: done/ })).toBeVisible({ timeout: 240_000 });
  await page.keyboard.press("Escape");
  await expect(explorer.view.getByRole("button", { name: /^LIME: stopped/ })).toBeVisible();
  await expect(explorer.view.getByRole("button", { name: /^Raw attention: done/ })).toBeVisible();
});

test("a token is pinned in every row, and a row opens in Attribution", async ({ explorer, page }) => {
  await explorer.visit(link);
  await done(explorer, 4);
  await explorer.view
    .getByRole("group", { name: "Tokens" })
    .getByRole("button", { name: /^clever, position 2/ })
    .click();
  await expect(explorer.chips.nth(2)).toHaveAttribute("data-lit", "pin");
  await expect(page).toHaveURL(/pin=2/);
  const svg = (await explorer.export("SVG")).data.toString();
  expect(svg).toContain("Spearman ρ below");
  expect(svg).toContain("top three");
  await explorer.view.getByRole("button", { name: /^Gradient × input/ }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Attribution");
  await expect(explorer.view.getByRole("combobox", { name: "Method", exact: true })).toHaveValue("gradient-x-input");
});

test("an example opens in Compare", async ({ explorer, page }) => {
  await explorer.open();
  const picker = await explorer.openPicker();
  await picker.getByRole("button", { name: `Compare methods on: ${shipped.examples[0]!.text}` }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Compare");
  await expect(explorer.view.getByRole("button", { name: /^Integrated gradients: done/ })).toBeVisible({
    timeout: 240_000,
  });
});
