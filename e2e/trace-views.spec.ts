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
  for (const view of ["Occlusion", "Compare"]) {
    await explorer.rail.getByRole("button", { name: view }).click();
    await expect(explorer.view).toContainText("needs a model that runs, and elsewhere is a trace");
    await page.screenshot({ path: info.outputPath(`${view}.png`) });
  }
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
