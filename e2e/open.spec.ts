import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { serve } from "../scripts/serve.mjs";
import { readExamples } from "../src/store/example";
import { expect, shipped, shippedFolder, test } from "./fixtures";
import { chipsOf, readCsv, rowsOf, tokenizerOf } from "./reference";

const written = readFileSync("public/example.bin");
const examples = readExamples(
  JSON.parse(readFileSync("public/example.json", "utf8")),
  written.buffer.slice(written.byteOffset, written.byteOffset + written.length) as ArrayBuffer,
);
const [first, second] = examples.map(({ text, shown }) => ({ text, encoding: shown.result.encoding }));
const tag = "Example, computed in advance";

test("a first visit: an example at once, which says what it is, then the shipped model", async ({ explorer, page }) => {
  const release = await explorer.hold(/\.onnx$/);
  await explorer.visit();

  await expect(page).toHaveTitle("Attention Explorer");
  await expect(explorer.view.getByRole("heading", { level: 1 })).toContainText(tag);
  await expect(explorer.rows("query")).toHaveText(rowsOf(first!.encoding));
  await expect(explorer.announcer).toContainText(tag);
  await expect(explorer.modelChip).toContainText(shipped.name);
  await expect(explorer.textField).toHaveAttribute("placeholder", /runs as soon as the model is ready/);
  await expect(explorer.section("The model is on its way")).toContainText("Your text is never uploaded.");
  await expect(explorer.status.getByRole("progressbar")).toBeVisible();

  await explorer.inspector.getByRole("button", { name: second!.text }).click();
  await expect(explorer.rows("query")).toHaveText(rowsOf(second!.encoding));
  await explorer.inspector.getByRole("button", { name: first!.text }).click();
  await explorer.row("query", 2).click();
  await expect(explorer.row("query", 2)).toHaveAttribute("aria-pressed", "true");

  release();
  await explorer.settled();
  await expect(explorer.view.getByText(tag)).toHaveCount(0);
  await expect(explorer.chips).toHaveText(chipsOf(first!.encoding));
  await expect(explorer.modelChip).toContainText(/WASM|WebGPU/);
  await expect(explorer.row("query", 2)).toHaveAttribute("aria-pressed", "true");
  await expect(explorer.status).toContainText(/forward pass [\d.]+ ms/);
});

test("the example shows what the model then says: the same numbers", async ({ explorer }) => {
  const release = await explorer.hold(/\.onnx$/);
  await explorer.visit();
  await expect(explorer.rows("query")).toHaveText(rowsOf(first!.encoding));
  const weights = async () => readCsv((await explorer.export("CSV")).data);
  const before = await weights();
  const target = await explorer.target.getAttribute("aria-label");
  release();
  await explorer.settled();
  const after = await weights();
  expect(after.length).toBe(before.length);
  for (const [i, { weight, ...place }] of after.entries()) {
    expect(before[i]).toMatchObject(place);
    expect(Math.abs(Number(weight) - Number(before[i]!.weight))).toBeLessThan(2e-3);
  }
  await expect(explorer.target).toHaveAttribute("aria-label", target!);
});

test("a text that is typed meanwhile runs as soon as the model is there", async ({ explorer }) => {
  const release = await explorer.hold(/\.onnx$/);
  await explorer.visit();
  await expect(explorer.rows("query")).toHaveText(rowsOf(first!.encoding));
  await explorer.textField.fill("a fine film");
  release();
  await explorer.settled();
  const tokenizer = await tokenizerOf(shippedFolder);
  await expect(explorer.chips).toHaveText(chipsOf(tokenizer.encode("a fine film")));
});

test("once the model is there, nothing is asked of any server", async ({ explorer, page, context }) => {
  await explorer.open();
  await context.setOffline(true);
  const before = explorer.watch.requests.length;
  await explorer.explain("nobody hears this sentence");
  await page.keyboard.press("2");
  await explorer.cell(1, 1).click();
  await page.keyboard.press("1");
  await explorer.row("query", 1).click();
  await explorer.export("SVG");
  // Browsers read the icon again from their cache when the address changes.
  const sent = explorer.watch.requests.slice(before).filter((url) => !/^(blob|data):|\/icon-[^/]*\.svg$/.test(url));
  expect(sent).toEqual([]);
});

test("it works from any path of any server, and without the headers for threads", async ({ explorer, page }) => {
  const { url, close } = await serve(".");
  const bare = createServer(async (request, response) => {
    const answer = await fetch(new URL(request.url!.replace(/^\/some\/path/, "/dist"), url));
    const type = answer.headers.get("content-type") ?? "";
    response.writeHead(answer.status, { "content-type": type }).end(Buffer.from(await answer.arrayBuffer()));
  });
  await new Promise<void>((resolve) => bare.listen(0, "127.0.0.1", resolve));
  const address = bare.address();
  const origin = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
  explorer.watch.allow(origin);
  await page.goto(`${origin}/some/path/index.html`);
  await explorer.settled();
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(false);
  await expect(explorer.modelChip).toContainText(/WASM$/);
  const picker = await explorer.openPicker();
  await expect(picker).toContainText("The page isn't cross-origin isolated, so WASM has one thread");
  bare.close();
  bare.closeAllConnections();
  close();
});
