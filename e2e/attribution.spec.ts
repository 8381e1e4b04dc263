import { type Explorer, expect, shippedFolder, test } from "./fixtures";
import { onTheCommandLine, readCsv } from "./reference";

const text = "a clever film with a warm heart";
const link = `text=${text.replaceAll(" ", "+")}&view=attribution`;

const method = (explorer: Explorer) => explorer.view.getByRole("combobox", { name: "Method", exact: true });
const bars = (explorer: Explorer) => explorer.view.getByRole("list", { name: "What each token counts" });

/** The method that is chosen has its result. */
async function done(explorer: Explorer, label: string): Promise<void> {
  await expect(explorer.announcer).toContainText(`${label} is done.`, { timeout: 240_000 });
}

test("integrated gradients: the command line's numbers, passes and completeness, as bars and as shaded text", async ({
  explorer,
}) => {
  await explorer.visit(link);
  await done(explorer, "Integrated gradients");
  const { methods } = await onTheCommandLine(
    shippedFolder,
    text,
    "--method",
    "integrated-gradients",
    "--target",
    "POSITIVE",
    "--against",
    "NEGATIVE",
  );
  const [expected] = methods;
  const largest = Math.max(...expected!.values.map(Math.abs));
  const rows = readCsv((await explorer.export("CSV")).data);
  expect(rows.length).toBe(expected!.values.length);
  for (const [i, { value }] of rows.entries())
    expect(Math.abs(Number(value) - expected!.values[i]!)).toBeLessThan(2e-2 * largest);
  const { forward, backward } = expected!.passes;
  await expect(explorer.view.getByTestId("cost")).toContainText(`${forward} forward, ${backward} backward passes`);
  await expect(explorer.view.getByTestId("completeness")).toContainText("Values add up to");
  await expect(bars(explorer).getByRole("button")).toHaveCount(rows.length);
  await expect(explorer.view.getByRole("group", { name: /^Text, shaded/ }).getByRole("button")).toHaveCount(
    rows.length,
  );
});

test("a form made of the method's parameters: what is changed runs, and the link keeps it", async ({
  explorer,
  page,
}) => {
  await explorer.visit(link);
  await done(explorer, "Integrated gradients");
  const steps = explorer.view.getByRole("spinbutton", { name: "Steps" });
  await steps.fill("4");
  await steps.press("Enter");
  await expect(explorer.view.getByTestId("cost")).toContainText(/ 4 backward passes/, { timeout: 240_000 });
  await expect(page).toHaveURL(/option=integrated-gradients\.steps:4/);
  const shared = await explorer.shared();
  const before = readCsv((await explorer.export("CSV")).data);
  await page.goto("about:blank");
  await page.goto(shared);
  await done(explorer, "Integrated gradients");
  await expect(steps).toHaveValue("4");
  const after = readCsv((await explorer.export("CSV")).data);
  for (const [i, { value }] of after.entries()) expect(Number(value)).toBeCloseTo(Number(before[i]!.value), 3);
});

test("another method, words as units, a token pinned in bars, text and chips at once", async ({ explorer, page }) => {
  await explorer.visit(`${link}&method=attn-lrp`);
  await done(explorer, "AttnLRP");
  await expect(explorer.inspector.getByText("covered by patents")).toHaveCount(1);
  await bars(explorer)
    .getByRole("button", { name: /^clever, position 2/ })
    .click();
  await expect(explorer.chips.nth(2)).toHaveAttribute("data-lit", "pin");
  await expect(explorer.view.getByRole("button", { name: /^clever, position 2/ }).first()).toHaveAttribute(
    "data-lit",
    "pin",
  );
  await expect(explorer.inspector).toContainText("Pinned token, position 2");
  await page.keyboard.press("w");
  await expect(explorer.view.getByRole("radio", { name: "Words" })).toBeChecked();
  await expect(page).toHaveURL(/unit=word/);
  await method(explorer).selectOption({ label: "Raw attention" });
  await expect(explorer.view).toContainText("How much the position that the answer is read at attends to each token.");
  await done(explorer, "Raw attention");
});

test("values are drawn as they converge, in Attribution and in Compare", async ({ explorer, page }) => {
  // Twenty words have a million combinations: hardly a text comes twice.
  const words = "the plot is thin and the jokes fall flat but the cast is so charming that i left with a smile";
  const long = `text=${words.replaceAll(" ", "+")}&option=shapley-sampling.orders:1000`;
  await explorer.visit(`${long}&view=attribution&method=shapley-sampling`);
  const running = explorer.view.getByRole("progressbar", { name: "Shapley sampling" });
  const values = () => bars(explorer).getByRole("button").allInnerTexts();
  await expect.poll(async () => (await values()).length, { timeout: 240_000 }).toBeGreaterThan(5);
  await expect(running).toBeVisible();
  const early = await values();
  await expect.poll(values).not.toEqual(early); // more orders, other means
  await expect(running).toBeVisible();
  await explorer.view.getByRole("button", { name: "Cancel" }).click();
  await page.goto("about:blank");
  await explorer.visit(`${long}&view=compare&methods=shapley-sampling`);
  await expect(explorer.view).toContainText(/converging: \d+ of \d+ passes/, { timeout: 240_000 });
  await page.keyboard.press("Escape");
  await expect(explorer.view.getByRole("button", { name: /^Shapley sampling: stopped/ })).toBeVisible();
});

test("LIME and Kernel SHAP are set by their own forms", async ({ explorer, page }) => {
  await explorer.visit(`${link}&method=lime&option=lime.samples:60`);
  await done(explorer, "LIME");
  await expect(explorer.view.getByRole("spinbutton", { name: "Samples" })).toHaveValue("60");
  for (const name of ["Units with a weight", "Kernel width", "Seed"])
    await expect(explorer.view.getByRole("spinbutton", { name })).toBeVisible();
  for (const name of ["Chosen by", "Kernel", "Replacement"])
    await expect(explorer.view.getByRole("combobox", { name, exact: true })).toBeVisible();
  const features = explorer.view.getByRole("spinbutton", { name: "Units with a weight" });
  await features.fill("2");
  await features.press("Enter");
  await expect(page).toHaveURL(/option=lime\.features:2/);
  await done(explorer, "LIME");
  const rows = readCsv((await explorer.export("CSV")).data);
  expect(rows.filter(({ value }) => Number(value) !== 0)).toHaveLength(2);
  await expect(explorer.inspector).toContainText(/R² 0\.\d\d/);

  await method(explorer).selectOption({ label: "Kernel SHAP" });
  await done(explorer, "Kernel SHAP");
  await expect(explorer.view.getByRole("combobox", { name: "Sampling" })).toBeVisible();
  await expect(explorer.view.getByRole("spinbutton", { name: "Units that are kept" })).toHaveValue("0");
});

test("a long method is stopped, and runs again when asked", async ({ explorer }) => {
  await explorer.visit(`${link}&method=shapley-sampling&option=shapley-sampling.orders:1000`);
  const cancel = explorer.view.getByRole("button", { name: "Cancel" });
  await cancel.click({ timeout: 240_000 });
  await expect(explorer.view).toContainText("was stopped");
  await explorer.view.getByRole("button", { name: "Run it" }).click();
  await expect(explorer.view.getByRole("progressbar", { name: "Shapley sampling" })).toBeVisible();
  await cancel.click();
  await expect(explorer.view).toContainText("was stopped");
});

test("while the model is on its way the view says what it waits for", async ({ explorer }) => {
  const release = await explorer.hold(/\.onnx$/);
  await explorer.visit(link);
  await expect(explorer.view).toContainText("Attribution needs the model, which is on its way.");
  release();
  await done(explorer, "Integrated gradients");
});
