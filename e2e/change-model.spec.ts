import { expect, fixtures, models, shipped, test } from "./fixtures";
import { explainText, rowsOf } from "./reference";

const prompt = "the plot was clever and slow";
const link = `text=${prompt.replaceAll(" ", "+")}`;

test("the picker lists what ships, with its examples; the open one is marked", async ({ explorer, page }) => {
  await explorer.open();
  const picker = await explorer.openPicker();
  for (const model of models) {
    const row = picker.locator(".shipped", { has: page.getByRole("heading", { name: model.name }) });
    await expect(row).toContainText(model.description);
    await expect(row).toContainText(`${model.layers} layers × ${model.heads} heads`);
    for (const { text } of model.examples) await expect(row).toContainText(text);
  }
  await expect(picker.locator(".shipped[data-current]")).toContainText(shipped.name);
  const example = shipped.examples.at(-1)!;
  await explorer.example(example.text).click();
  await expect(explorer.dialog).toHaveCount(0);
  await expect(page).toHaveURL((url) => new URLSearchParams(url.hash.slice(1)).get("text") === example.text);
  await explorer.settled();
  await expect(explorer.view.getByText("Example, computed in advance")).toHaveCount(0);
});

for (const { id, name } of models)
  test(`shipped: ${name} opens and runs`, async ({ explorer, page }) => {
    await explorer.open(`model=${models.find((other) => other.id !== id)?.id ?? id}`);
    const picker = await explorer.openPicker();
    await picker.getByRole("button", { name: `Open ${name}` }).click();
    await expect(explorer.dialog).toHaveCount(0);
    await explorer.settled();
    await expect(explorer.modelChip).toContainText(name);
    await expect(page).toHaveURL(new RegExp(`model=${id}(&|$)`));
  });

test("a model of the hub takes the place of the one before once it is ready, and keeps the text", async ({
  explorer,
  hub,
  page,
}) => {
  await explorer.open(link);
  let release = () => {};
  const until = new Promise<void>((resolve) => {
    release = resolve;
  });
  hub.break("someone/gpt2", "onnx/model.onnx", { kind: "hold", after: 100_000, until });
  await page.keyboard.press("m");
  await explorer.dialog.getByRole("textbox", { name: "Model" }).fill("someone/gpt2");
  await page.keyboard.press("Enter");
  await expect(explorer.modelChip).toContainText("someone/gpt2");
  await expect(explorer.modelChip).toContainText("%");
  await expect(explorer.status).toContainText(/Loading .*: 0\.\d+ of \d+\.\d MB/);
  await explorer.explain("the model before still runs");
  await explorer.explain(prompt);
  release();

  const { encoding, layers, heads } = await explainText(`${fixtures}/gpt2`, prompt);
  await expect(explorer.modelChip).toContainText("GPT-2 decoder");
  await expect(explorer.modelChip).toContainText(`${layers} layers × ${heads} heads`);
  await explorer.settled();
  await expect(explorer.rows("query")).toHaveText(rowsOf(encoding));
  await expect(page).toHaveURL(/model=someone\/gpt2/);
});

test("revision and file of a hub model; a link brings them back", async ({ explorer, hub, page }) => {
  await explorer.open(link);
  const picker = await explorer.openPicker();
  await picker.getByRole("textbox", { name: "Model" }).fill("https://huggingface.co/someone/bert/");
  await picker.getByRole("textbox", { name: "File" }).fill("q8");
  await picker.getByRole("button", { name: "Open from the hub" }).click();
  await expect(explorer.modelChip).toContainText("int8");
  await explorer.settled();
  await expect(page).toHaveURL(/model=someone\/bert&file=q8/);
  await page.reload();
  await explorer.settled();
  await expect(explorer.modelChip).toContainText("int8");
  expect(hub.requests.filter((request) => request.startsWith("GET") && request.endsWith(".onnx"))).toEqual([
    "GET someone/bert/onnx/model_quantized.onnx",
  ]);
});

test("a name that can't be of the hub is told of before anything is asked", async ({ explorer }) => {
  await explorer.open();
  const picker = await explorer.openPicker();
  await picker.getByRole("textbox", { name: "Model" }).fill("gpt2");
  await picker.getByRole("button", { name: "Open from the hub" }).click();
  await expect(picker.getByRole("alert")).toContainText("A hub model is written owner/name");
  await expect(picker.getByRole("textbox", { name: "Model" })).toHaveAttribute("aria-invalid", "true");
});

test("the device can be chosen, and the picker says what the model runs on", async ({ explorer, page }) => {
  await explorer.open();
  const picker = await explorer.openPicker();
  await expect(picker).toContainText("Runs on WASM now.");
  await picker.getByText("WASM", { exact: true }).click();
  await expect(picker.getByRole("radio", { name: "WASM" })).toBeChecked();
  await page.keyboard.press("Escape");
  await expect(page).toHaveURL(/device=wasm/);
});
