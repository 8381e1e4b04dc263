import { expect, shipped, shippedFolder, test } from "./fixtures";
import { rowsOf, tokenizerOf } from "./reference";

const tokenizer = await tokenizerOf(shippedFolder);
const stopped = "The model was not loaded: you stopped it.";

test("a first download, cancelled: the example stays, and the model can be loaded again", async ({ explorer }) => {
  const release = await explorer.hold(/\.onnx$/);
  await explorer.visit();
  await expect(explorer.status).toContainText("Loading");
  await explorer.status.getByRole("button", { name: "Cancel" }).click();
  await expect(explorer.notices).toContainText(stopped);
  await expect(explorer.status.getByRole("progressbar")).toHaveCount(0);
  await expect(explorer.view.getByText("Example, computed in advance")).toBeVisible();
  await expect(explorer.section("No model is loaded")).toBeVisible();
  await explorer.row("query", 1).click();
  await expect(explorer.row("query", 1)).toHaveAttribute("aria-pressed", "true");
  release();
  await explorer.section("No model is loaded").getByRole("button", { name: "Load it again" }).click();
  await explorer.settled();
  await expect(explorer.modelChip).toContainText(shipped.name);
});

test("another model's download, cancelled by Escape: the one before goes on", async ({ explorer, hub, page }) => {
  await explorer.open("text=one+film");
  hub.break("someone/gpt2", "onnx/model.onnx", { kind: "hold", after: 100_000, until: new Promise(() => {}) });
  await page.keyboard.press("m");
  await explorer.dialog.getByRole("textbox", { name: "Model" }).fill("someone/gpt2");
  await page.keyboard.press("Enter");
  await expect(explorer.modelChip).toContainText("%");
  await page.locator("body").press("Escape");
  await expect(explorer.notices).toContainText(stopped);
  await expect(explorer.modelChip).toContainText(shipped.name);
  await expect(page).toHaveURL(new RegExp(`model=${shipped.id}`));
  await explorer.explain("two films");
  await expect(explorer.rows("query")).toHaveText(rowsOf(tokenizer.encode("two films")));
});

test("a run, cancelled: its late result isn't drawn, and the next one is", async ({ explorer, page }) => {
  await explorer.open("text=one+film");
  const release = await explorer.holdRuns();
  await explorer.type("a long run");
  await explorer.textField.press("Enter");
  await expect(explorer.status).toContainText("Forward pass");
  await page.locator("body").press("Escape");
  await expect(explorer.status.getByRole("progressbar")).toHaveCount(0);
  await expect(explorer.status).toContainText("The text has changed");
  await release();
  await explorer.explain("two films");
  await expect(explorer.rows("query")).toHaveText(rowsOf(tokenizer.encode("two films")));
});
