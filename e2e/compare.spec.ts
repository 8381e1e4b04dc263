import { type Explorer, expect, models, shipped, shippedFolder, test } from "./fixtures";
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

/** An example that was chosen for comparing methods on. */
const chosen = (model: (typeof models)[number]) => model.examples.find(({ compare }) => compare !== null)!;

test("an example of the picker opens in Compare, with its methods and target", async ({ explorer, page }) => {
  const { text, compare } = chosen(shipped);
  await explorer.open();
  const picker = await explorer.openPicker();
  await picker.getByRole("link", { name: `Compare methods on: ${text}` }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Compare");
  await expect(explorer.dialog).toHaveCount(0);
  await expect(explorer.target).toHaveAccessibleName(new RegExp(`^Target: ${compare!.target}`));
  await expect(explorer.against).toHaveAccessibleName(new RegExp(`^Against: ${compare!.against}`));
  await done(explorer, compare!.methods.length);
  await measured(explorer);
  await expect(explorer.view).toContainText(/\d of 9 methods put “entertaining” first/);
});

test("from there, another model's example: a fact, one city against another, as the command line has it", async ({
  explorer,
  page,
}) => {
  const language = models.find(({ task }) => task === "text-generation")!;
  const { text, compare } = chosen(language);
  await explorer.open("view=compare&methods=raw-attention,random");
  await explorer.view.getByRole("link", { name: text }).click();
  await expect(explorer.modelChip).toContainText(language.name);
  await expect(explorer.target).toHaveAccessibleName(/^Target: Paris/);
  await expect(explorer.against).toHaveAccessibleName(/^Against: London/);
  await done(explorer, compare!.methods.length);
  await expect(explorer.view).toContainText(/\d of 8 methods put “Eiffel” first/);
  const given = ["--method", "exact-shapley", "--target", " Paris", "--against", " London"];
  const [shapley] = (await onTheCommandLine(`models/${language.id}`, text, ...given)).methods;
  const rows = readCsv((await explorer.export("CSV")).data).filter(({ method }) => method === "exact-shapley");
  const largest = Math.max(...shapley!.values.map(Math.abs));
  expect(rows.length).toBe(shapley!.values.length);
  for (const { position, value } of rows)
    expect(Math.abs(Number(value) - shapley!.values[Number(position)]!)).toBeLessThan(1e-2 * largest);

  // The address of the page is the example: opened afresh, it says the same.
  const address = page.url().split("#")[1]!;
  await page.goto("about:blank");
  await explorer.visit(address);
  await expect(explorer.target).toHaveAccessibleName(/^Target: Paris/);
  await done(explorer, compare!.methods.length);
  await expect(explorer.view).toContainText(/\d of 8 methods put “Eiffel” first/);
});
