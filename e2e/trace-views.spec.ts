import { writeFileSync } from "node:fs";
import { readAbout } from "../src/explain/trace-file/about";
import { writeTraceFile } from "../src/explain/trace-file/open";
import type { Tensor } from "../src/tensor/tensor";
import { type Explorer, expect, test } from "./fixtures";

const pieces = ["<s>", "ĠThe", "Ġcat", "Ġsat"];
const causal: Tensor = {
  dtype: "float32",
  dims: [2, 4, 4],
  data: Float32Array.from({ length: 32 }, (_, i) => {
    const [row, column] = [Math.floor(i / 4) % 4, i % 4];
    return column > row ? 0 : 1 / (row + 1);
  }),
};
const trace = writeTraceFile(
  readAbout({
    model: { name: "elsewhere" },
    tokens: { decoder: { tokens: pieces } },
    sites: [0, 1].map((layer) => ({ layer, kind: "decoder", heads: 2 })),
    attributions: [
      { method: "mine", label: "My own method", stack: "decoder", values: [0, 0.25, -0.5, 1] },
      { method: "lime", label: "LIME", stack: "decoder", values: [0, 0.1, 0.2, 0.3] },
    ],
  }),
  new Map([
    ["attention.0", causal],
    ["attention.1", causal],
  ]),
);

async function openTrace(explorer: Explorer, path: string): Promise<void> {
  writeFileSync(path, trace);
  await explorer.visit("text=the+cast+is+so+charming");
  await explorer.settled();
  await explorer.dropModel(path, /elsewhere.*nothing runs/);
  await explorer.settled();
}

test("views that need a model say so on a trace, and how to get one", async ({ explorer, page }, info) => {
  await openTrace(explorer, info.outputPath("t.safetensors"));
  await explorer.rail.getByRole("button", { name: "Occlusion" }).click();
  await expect(explorer.view).toContainText("needs a model that runs, and elsewhere is a trace");
  await page.screenshot({ path: info.outputPath("Occlusion.png") });
  await explorer.view.getByRole("button", { name: "Choose a model" }).click();
  await expect(explorer.dialog).toBeVisible();
  await page.keyboard.press("Escape");
  await explorer.rail.getByRole("button", { name: "Neuron" }).click();
  await expect(explorer.view).toContainText("no queries and keys: this trace came without them");
  await expect(explorer.view).toContainText("capture");
  await page.screenshot({ path: info.outputPath("Neuron.png") });
});

test("what came with a trace is shown in Attribution, beside what its attention says", async ({
  explorer,
  page,
}, info) => {
  await openTrace(explorer, info.outputPath("t.safetensors"));
  await explorer.rail.getByRole("button", { name: "Attribution" }).click();
  const method = explorer.view.getByRole("combobox", { name: "Method" });
  await expect(method.locator("option")).toHaveText([
    "Raw attention",
    "Attention rollout",
    "Attention flow",
    "My own method",
    "LIME",
  ]);
  await expect(explorer.view).toContainText("My own method: Values that came with this trace");
  await expect(explorer.view.locator("[aria-busy]")).toHaveAttribute("aria-busy", "false");
  const table = async () => {
    const { data } = await explorer.export("CSV");
    return data.toString();
  };
  expect(await table()).toMatch(/cat.*-0\.5/);
  await page.screenshot({ path: info.outputPath("Attribution.png") });
  await method.selectOption("lime");
  await expect(explorer.view.locator("[aria-busy]")).toHaveAttribute("aria-busy", "false");
  expect(await table()).toMatch(/cat.*0\.2/);
  await method.selectOption("rollout");
  await expect(explorer.view).toContainText("Attention rollout:");
  await expect(explorer.view.locator("[aria-busy]")).toHaveAttribute("aria-busy", "false");
  // The last row of ((A + I) / 2)²: for "sat" itself (1/2 + 1/8)².
  expect(await table()).toMatch(/sat.*0\.390625/);
});

test("Compare holds what came with a trace against what its attention says", async ({ explorer, page }, info) => {
  await openTrace(explorer, info.outputPath("t.safetensors"));
  await explorer.rail.getByRole("button", { name: "Compare" }).click();
  const settled = () => expect(explorer.view.locator("[aria-busy]")).toHaveAttribute("aria-busy", "false");
  await settled();
  const numbers = explorer.view.getByRole("region", { name: "Numbers of each method" });
  await expect(numbers.getByRole("rowheader")).toHaveText([
    "My own method",
    "LIME",
    "Raw attention",
    "Attention rollout",
  ]);
  await expect(numbers.getByRole("columnheader")).toHaveText(["Method", "ρ", "Gini", "entropy", "passes", "time"]);
  // The three that are ranked: 1, 0.25, −0.5 by the one; 0.3, 0.2, 0.1 by the other.
  await expect(explorer.view).toContainText("My own method");
  const { data } = await explorer.export("CSV");
  expect(data.toString()).toMatch(/^lime,3,.*sat,0\.3,1$/m);
  expect(data.toString()).toMatch(/^mine,2,.*cat,-0\.5,3$/m);
  await expect(explorer.view).toContainText("This is a trace: its model isn't here");
  await expect(explorer.view.getByRole("region", { name: "Does it say the same of a paraphrase?" })).toHaveCount(0);
  await page.screenshot({ path: info.outputPath("Compare.png"), fullPage: true });

  await explorer.view.getByRole("button", { name: "Methods, 4" }).click();
  await page.getByRole("menuitemcheckbox", { name: /LIME/ }).click();
  await page.getByRole("menuitemcheckbox", { name: /Attention flow/ }).click();
  await page.keyboard.press("Escape");
  await settled();
  await expect(numbers.getByRole("rowheader")).toHaveText([
    "My own method",
    "Raw attention",
    "Attention rollout",
    "Attention flow",
  ]);
});
