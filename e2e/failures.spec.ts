import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import proto, { type onnx } from "onnx-proto";
import { expect, fixtures, shipped, shippedFolder, test } from "./fixtures";
import { rowsOf, tokenizerOf } from "./reference";

const tokenizer = await tokenizerOf(shippedFolder);
const link = "text=one+film";
const whole = readFileSync(`${fixtures}/bert-seqcls/onnx/model.onnx`);

/** The fixture's graph after a change. */
function changed(change: (graph: onnx.IGraphProto) => void): Buffer {
  const model = proto.onnx.ModelProto.decode(whole);
  change(model.graph!);
  return Buffer.from(proto.onnx.ModelProto.encode(model).finish());
}

const replaced = (from: string, to: Partial<onnx.INodeProto>): Buffer =>
  changed((graph) => {
    for (const node of graph.node!) if (node.opType === from) Object.assign(node, to);
  });

/** A graph that also fills more memory than a page can have. */
const hungry = (): Buffer =>
  changed((graph) => {
    const int64 = { dataType: 7, dims: [2], int64Data: [70_000, 70_000] };
    graph.initializer!.push({ ...int64, name: "huge/shape" } as onnx.ITensorProto);
    const [logits] = graph.output!;
    const { name } = logits!;
    for (const node of graph.node!)
      node.output = node.output!.map((output) => (output === name ? "huge/logits" : output));
    graph.node!.push(
      { opType: "ConstantOfShape", name: "huge/fill", input: ["huge/shape"], output: ["huge/filled"] },
      { opType: "ReduceMax", name: "huge/most", input: ["huge/filled"], output: ["huge/most"] },
      { opType: "Add", name: "huge/add", input: ["huge/logits", "huge/most"], output: [name!] },
    );
  });

interface Case {
  readonly files: Readonly<Record<string, Buffer | string>>;
  readonly title: RegExp;
  readonly message: RegExp;
}

/** What is dropped, and what the page then says. A path stands for the file's content. */
const cases: Readonly<Record<string, Case>> = {
  "no ONNX": {
    files: { "notes.onnx": Buffer.from("Dear diary, today I was not a model.") },
    title: /^This is no ONNX model: notes\.onnx$/,
    message: /./,
  },
  "a page of HTML that a server gave for a model": {
    files: { "model.onnx": Buffer.from("<!doctype html><title>Sign in</title>") },
    title: /^This is no ONNX model/,
    message: /HTML/,
  },
  "a copy that was cut short": {
    files: { "model.onnx": whole.subarray(0, whole.length - 5000) },
    title: /^model\.onnx ends too early$/,
    message: /cut short/,
  },
  "an operator that nothing runs": {
    files: { "model.onnx": replaced("Erf", { opType: "Warp", domain: "com.example" }) },
    title: /^This model uses Warp, which can't be run or read here yet$/,
    message: /Warp/,
  },
  "no attention": {
    files: { "model.onnx": replaced("Softmax", { opType: "Relu", attribute: [] }) },
    title: /^No attention was found in model\.onnx$/,
    message: /./,
  },
  "an encoder-decoder": {
    files: {
      "t5/config.json": `${fixtures}/t5/config.json`,
      "t5/onnx/encoder_model_quantized.onnx": `${fixtures}/t5/onnx/encoder_model_quantized.onnx`,
    },
    title: /^t5 is an encoder-decoder$/,
    message: /encoder and decoder/,
  },
  "weights that stayed elsewhere": {
    files: { "model.onnx": `${fixtures}/llama/genai/fp32/model.onnx` },
    title: /^A file of this model is missing$/,
    message: /model\.onnx\.data/,
  },
  "a folder without a model": {
    files: { "notes/readme.md": Buffer.from("hello"), "notes/list.txt": Buffer.from("milk") },
    title: /^There is no ONNX file in notes$/,
    message: /export the model to ONNX/,
  },
  "a broken configuration": {
    files: { "broken/config.json": Buffer.from('{"model_type": "be'), "broken/model.onnx": whole },
    title: /^A file of broken can't be read$/,
    message: /not JSON: broken\/config\.json/,
  },
};

for (const [name, { files, title, message }] of Object.entries(cases))
  test(`dropped: ${name}. It is told of, and the model before goes on`, async ({ explorer, page }, info) => {
    explorer.watch.forgive(/onnxruntime|OrtRun|bad_alloc|Failed to allocate/i);
    await explorer.open(link);
    const tops = new Set<string>();
    for (const [path, content] of Object.entries(files)) {
      const file = info.outputPath(path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, typeof content === "string" ? readFileSync(content) : content);
      tops.add(info.outputPath(path.split("/")[0]!));
    }
    await explorer.drop(...tops);
    const alert = page.getByRole("alert");
    await expect(alert.locator("b, h1")).toHaveText(title);
    await expect(alert).toContainText(message);
    await expect(explorer.status).toContainText(message);
    await expect(alert.getByRole("button").first()).toBeVisible();
    await expect(explorer.modelChip).toContainText(shipped.name);
    await explorer.explain("two films");
    await expect(explorer.rows("query")).toHaveText(rowsOf(tokenizer.encode("two films")));
    await expect(alert).toHaveCount(0);
  });

test("dropped: more than memory holds. Both models are closed, and a smaller one opens", async ({
  explorer,
  page,
}, info) => {
  explorer.watch.forgive(/onnxruntime|OrtRun|bad_alloc|Failed to allocate/i);
  await explorer.open(link);
  const file = info.outputPath("hungry.onnx");
  writeFileSync(file, hungry());
  await explorer.drop(file);
  const alert = page.getByRole("alert");
  await expect(alert.getByRole("heading", { level: 1 })).toHaveText("There is not enough memory for this");
  await alert.getByRole("button", { name: `Open ${shipped.name}` }).click();
  await explorer.settled();
  await expect(alert).toHaveCount(0);
  await expect(explorer.modelChip).toContainText(shipped.name);
  await expect(explorer.rows("query")).toHaveText(rowsOf(tokenizer.encode("one film")));
});

const unreachable = /Failed to load resource/;

test("the server fails while the first model is on its way: a page with what to do, and trying again works", async ({
  explorer,
  page,
}) => {
  explorer.watch.forgive(unreachable);
  let answers = false;
  await page.route(/\.onnx$/, (route) => (answers ? route.continue() : route.fulfill({ status: 503 })));
  await explorer.visit(link);
  const alert = page.getByRole("alert");
  await expect(alert.getByRole("heading", { level: 1 })).toHaveText(`${shipped.name} could not be downloaded`);
  await expect(alert).toContainText("503");
  await expect(alert.getByRole("heading", { level: 3 }).first()).toHaveText("Try again");
  await expect(explorer.section("What still works")).toContainText("Models from your computer");
  await expect(explorer.section("What still works")).toContainText("The example, in Heads and Model");
  answers = true;
  await alert.getByRole("button", { name: "Try again" }).click();
  await explorer.settled();
  await expect(alert).toHaveCount(0);
  await expect(explorer.rows("query")).toHaveText(rowsOf(tokenizer.encode("one film")));
});

test("the connection breaks: the example can still be explored, and another model opened", async ({
  explorer,
  page,
}) => {
  explorer.watch.forgive(unreachable);
  await page.route(/\.onnx$/, (route) => route.abort("connectionreset"));
  await explorer.visit();
  const alert = page.getByRole("alert");
  await expect(alert.getByRole("heading", { level: 1 })).toHaveText(`${shipped.name} could not be downloaded`);
  await alert.getByRole("button", { name: "Show the example" }).click();
  await expect(explorer.view.getByText("Example, computed in advance")).toBeVisible();
  await expect(alert).toHaveCount(0);
  await explorer.dropModel(`${fixtures}/gpt2`, "gpt2");
  await explorer.explain("the plot");
});

test("a download that ends early: told of, and trying again fetches it anew", async ({ explorer, hub, page }) => {
  explorer.watch.forgive(unreachable);
  hub.break("someone/bert", "onnx/model.onnx", { kind: "cut", after: 100_000 });
  await explorer.visit(`model=someone/bert&text=the+plot`);
  const alert = page.getByRole("alert");
  await expect(alert.getByRole("heading", { level: 1 })).toHaveText("The file of someone/bert ends too early");
  await alert.getByRole("button", { name: "Try again" }).click();
  await explorer.settled();
  await expect(explorer.modelChip).toContainText("someone/bert");
});

test("a hub model that isn't there: what to do leads to one that is", async ({ explorer, hub, page }) => {
  explorer.watch.forgive(unreachable);
  await explorer.visit(`model=nobody/nothing&${link}`);
  const alert = page.getByRole("alert");
  await expect(alert.getByRole("heading", { level: 1 })).toHaveText("nobody/nothing wasn't found");
  expect(hub.requests.some((request) => request.includes("nobody/nothing"))).toBe(true);
  await alert.getByRole("button", { name: "Choose a model" }).click();
  await explorer.dialog.getByRole("button", { name: `Open ${shipped.name}` }).click();
  await explorer.settled();
  await expect(alert).toHaveCount(0);
});

test("a model that can't be read, where none is open: a page with the nodes, and a report without the text", async ({
  explorer,
  page,
  context,
}, info) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const release = await explorer.hold(/\.onnx$/);
  await explorer.visit("text=a+secret+film");
  await expect(explorer.status).toContainText("Loading");
  await page.locator("body").press("Escape");
  await expect(explorer.notices).toContainText("you stopped it");
  const file = info.outputPath("warped.onnx");
  writeFileSync(file, cases["an operator that nothing runs"]!.files["model.onnx"]!);
  await explorer.drop(file);
  const alert = page.getByRole("alert");
  await expect(alert.getByRole("heading", { level: 1 })).toContainText("This model uses Warp");
  await expect(explorer.section("Where it happens")).toContainText("Erf");
  await alert.getByRole("button", { name: "Copy report" }).click();
  await expect(explorer.notices).toContainText("Report copied.");
  const report = await page.evaluate(() => navigator.clipboard.readText());
  expect(report).toContain("failure: unsupported-operator");
  expect(report).toMatch(/node: .*Erf.* \(Warp\)/);
  expect(report).not.toContain("secret");
  release();
});

test("the list of models can't be had: files from this machine still open", async ({ explorer, page }) => {
  explorer.watch.forgive(unreachable);
  await page.route(/models\/index\.json$/, (route) => route.fulfill({ status: 404 }));
  await explorer.visit();
  const alert = page.getByRole("alert");
  await expect(alert).toContainText("models/index.json");
  await explorer.dropModel(`${fixtures}/gpt2`, "gpt2");
  await explorer.explain("the plot");
  await expect(alert).toHaveCount(0);
});

test("the example can't be had: said, and the model runs", async ({ explorer, page }) => {
  explorer.watch.forgive(unreachable);
  await page.route(/example\.json$/, (route) => route.fulfill({ status: 404 }));
  await explorer.open(link);
  await expect(explorer.notices).toContainText("The example could not be read");
  await expect(explorer.rows("query")).toHaveText(rowsOf(tokenizer.encode("one film")));
});

test("the worker's code breaks: told of as the page's own fault, and trying again works", async ({
  explorer,
  page,
}) => {
  explorer.watch.forgive(/broken on purpose/);
  let broken = true;
  await page.route(/assets\/worker-[^/]*\.js$/, (route) =>
    broken
      ? route.fulfill({ body: "throw new Error('broken on purpose')", contentType: "text/javascript" })
      : route.continue(),
  );
  await explorer.visit(link);
  const alert = page.getByRole("alert");
  await expect(alert.getByRole("heading", { level: 1 })).toHaveText("Something went wrong in the page itself");
  broken = false;
  await alert.getByRole("button", { name: "Try again" }).click();
  await explorer.settled();
});

test("a worker that hangs while the runtime starts is left for another", async ({ explorer, page }) => {
  const hangs = "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0); export default null;";
  let asked = 0;
  await page.route(/ort-wasm-simd-threaded[^/]*\.mjs$/, (route) =>
    asked++ === 0 ? route.fulfill({ body: hangs, contentType: "text/javascript" }) : route.continue(),
  );
  await explorer.visit(link);
  await explorer.settled();
  expect(asked).toBeGreaterThan(1);
  await expect(explorer.rows("query")).toHaveText(rowsOf(tokenizer.encode("one film")));
});

test("a view that breaks while it is drawn: the rest goes on, and trying again works", async ({ explorer, page }) => {
  explorer.watch.forgive(/broken on purpose/);
  await page.addInitScript(() => {
    const get = HTMLCanvasElement.prototype.getContext;
    Object.assign(HTMLCanvasElement.prototype, {
      getContext(this: HTMLCanvasElement, ...args: Parameters<typeof get>) {
        if (this.className === "grid-canvas" && !("mended" in window)) throw new Error("broken on purpose");
        return get.apply(this, args);
      },
    });
  });
  await explorer.open(link);
  await explorer.rail.getByRole("button", { name: "Model" }).click();
  const alert = explorer.view.getByRole("alert");
  await expect(alert.getByRole("heading", { level: 1 })).toHaveText("This part of the page stopped");
  await expect(alert).toContainText("broken on purpose");
  await expect(explorer.chips).toHaveText(["[CLS]", "one", "film", "[SEP]"]);
  await explorer.rail.getByRole("button", { name: "Heads" }).click();
  await expect(alert).toHaveCount(0);
  await expect(explorer.rows("query")).toHaveText(rowsOf(tokenizer.encode("one film")));
  await explorer.rail.getByRole("button", { name: "Model" }).click();
  await expect(alert).toBeVisible();
  await page.evaluate(() => Object.assign(window, { mended: true }));
  await alert.getByRole("button", { name: "Try again" }).click();
  await expect(explorer.cell(0, 0)).toBeVisible();
});
