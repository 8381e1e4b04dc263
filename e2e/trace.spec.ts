import { writeFileSync } from "node:fs";
import { expect, test } from "./fixtures";
import { readCsv } from "./reference";

const link = "text=the+cast+is+so+charming&layer=1";

test("a pass is saved as a trace, and opened again as it was", async ({ explorer, page }, info) => {
  await explorer.open(link);
  const before = readCsv((await explorer.export("CSV")).data);
  const { name, data } = await explorer.export("Trace");
  expect(name).toMatch(/-trace\.safetensors$/);
  const path = info.outputPath(name);
  writeFileSync(path, data);
  await explorer.dropModel(path, /sst-distilbert.*nothing runs/);
  await expect(page.getByRole("button", { name: "Edit text" })).toHaveCount(0);
  await explorer.settled();
  await explorer.chooseLayer(1);
  const after = readCsv((await explorer.export("CSV")).data);
  expect(after).toEqual(before);
});

test("what is no trace is refused, and the page goes on", async ({ explorer }, info) => {
  await explorer.open(link);
  const path = info.outputPath("other.safetensors");
  writeFileSync(path, "not a trace");
  await explorer.drop(path);
  await expect(explorer.view).toContainText("can't be read as a trace");
});
