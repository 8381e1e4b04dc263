import { expect, fixtures, test } from "./fixtures";
import { explainText, readCsv, rowsOf } from "./reference";

const text = "the plot was clever and slow";
const link = `text=${text.replaceAll(" ", "+")}`;

/** What is on screen is what the engine says under Node. */
async function expectAttention(explorer: import("./fixtures").Explorer, path: string, layer: number): Promise<void> {
  const reference = await explainText(path, text);
  await expect(explorer.rows("query")).toHaveText(rowsOf(reference.encoding));
  await explorer.chooseLayer(layer);
  if ((await explorer.switch("Hide sinks").getAttribute("aria-checked")) === "true")
    await explorer.switch("Hide sinks").click();
  const { length } = reference.encoding.ids;
  const rows = readCsv((await explorer.export("CSV")).data);
  expect(rows.length).toBe(reference.heads * length * length);
  for (const { head, query_position, key_position, weight } of rows) {
    const at = Number(query_position) * length + Number(key_position);
    expect(Math.abs(Number(weight) - reference.weights(layer, Number(head))[at]!)).toBeLessThan(1e-3);
  }
}

test("a folder in the hub's layout, dropped: an encoder", async ({ explorer }) => {
  await explorer.open(link);
  await explorer.dropModel(`${fixtures}/bert-seqcls`, "bert-seqcls");
  await expect(explorer.modelChip).toContainText("BERT encoder");
  await explorer.settled();
  await expectAttention(explorer, `${fixtures}/bert-seqcls`, 1);
});

test("a folder, dropped: a decoder", async ({ explorer }) => {
  await explorer.open(link);
  await explorer.dropModel(`${fixtures}/gpt2`, "gpt2");
  await expect(explorer.modelChip).toContainText("GPT-2 decoder");
  await explorer.settled();
  await expectAttention(explorer, `${fixtures}/gpt2`, 2);
});

test("while files are over the page it says what to drop; leaving takes it away", async ({ explorer, page }) => {
  await explorer.open(link);
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: [`${process.cwd()}/${fixtures}/gpt2`], dragOperationsMask: 1 };
  await session.send("Input.dispatchDragEvent", { type: "dragEnter", x: 600, y: 400, data });
  await session.send("Input.dispatchDragEvent", { type: "dragOver", x: 600, y: 400, data });
  await expect(page.getByText("Drop to open")).toBeVisible();
  await page.locator("body").dispatchEvent("dragleave");
  await expect(page.getByText("Drop to open")).toHaveCount(0);
});

test("a folder or files, picked with the browser's own window", async ({ explorer, page }) => {
  await explorer.open(link);
  let picker = await explorer.openPicker();
  let choosing = page.waitForEvent("filechooser");
  await picker.getByText("Choose a folder").click();
  await (await choosing).setFiles(`${fixtures}/gpt2`);
  await expect(explorer.modelChip).toContainText("GPT-2 decoder");
  await explorer.settled();

  picker = await explorer.openPicker();
  choosing = page.waitForEvent("filechooser");
  await picker.getByText("Choose files").click();
  const names = ["config.json", "tokenizer.json", "tokenizer_config.json", "onnx/model_quantized.onnx"];
  await (await choosing).setFiles(names.map((name) => `${fixtures}/bert-seqcls/${name}`));
  await expect(explorer.modelChip).toContainText("int8");
  await explorer.settled();
  await expect(explorer.rows("query")).toHaveText(
    rowsOf((await explainText(`${fixtures}/bert-seqcls`, text)).encoding),
  );
});

test("external data lies beside the graph", async ({ explorer }) => {
  await explorer.open(link);
  await explorer.dropModel(`${fixtures}/llama/genai/fp32`, "fp32");
  await expect(explorer.modelChip).toContainText("decoder");
});

test("a model from files has no link, and sharing says so", async ({ explorer, page }) => {
  await explorer.open(link);
  await explorer.dropModel(`${fixtures}/gpt2`, "gpt2");
  await explorer.settled();
  await expect(page).not.toHaveURL(/model=/);
  expect(await explorer.shared()).toContain("text=the+plot+was+clever+and+slow");
  await expect(explorer.notices).toContainText("It can't carry a model from your files");
});
