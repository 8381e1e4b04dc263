import { readFileSync } from "node:fs";
import { readSafetensors } from "../src/tensor/safetensors";
import { expect, fixtures, test } from "./fixtures";
import { readCsv } from "./reference";

const { tensors } = readSafetensors(readFileSync(`${fixtures}/bert-seqcls/goldens.safetensors`));
const ids = Array.from(tensors.get("short.input_ids")!.data as ArrayLike<number | bigint>, Number);
const lone = `${fixtures}/bert-seqcls/onnx/model.onnx`;

test("a lone ONNX file is given ids, and shows PyTorch's attention", async ({ explorer, page }) => {
  await explorer.open();
  await explorer.dropModel(lone, "model.onnx");
  await expect(explorer.view).toContainText("this model came without a tokenizer");
  const field = page.getByRole("textbox", { name: "Token ids" });
  await field.fill(ids.join(" "));
  await field.press("Enter");
  await explorer.settled();
  await expect(explorer.rows("query")).toHaveText(ids.map(String));
  await explorer.chooseLayer(1);
  const golden = tensors.get("short.attn.1")!.data as Float32Array;
  const rows = readCsv((await explorer.export("CSV")).data);
  expect(rows.length).toBe(golden.length);
  for (const { head, query_position, key_position, weight } of rows) {
    const at = (Number(head) * ids.length + Number(query_position)) * ids.length + Number(key_position);
    expect(Math.abs(Number(weight) - golden[at]!)).toBeLessThan(1e-3);
  }
  await expect(page).toHaveURL(new RegExp(`ids=${ids.join("\\+")}`));
});

test("ids that no model has are told of, and better ones run", async ({ explorer, page }) => {
  await explorer.open();
  explorer.watch.forgive(/onnxruntime|ExecuteKernel|Gather/i);
  await explorer.dropModel(lone, "model.onnx");
  const field = page.getByRole("textbox", { name: "Token ids" });
  for (const [wrong, told] of [
    ["2 x 3", "bad token id: x"],
    ["2 -1 3", "bad token id: -1"],
    ["2 123456789 3", /indices element out of data bounds|no such id/],
  ] as const) {
    await field.fill(wrong);
    await expect(page.getByRole("alert")).toContainText(told);
  }
  await field.fill("2 7 3");
  await field.press("Enter");
  await explorer.settled();
  await expect(page.getByRole("alert")).toHaveCount(0);
  await expect(explorer.rows("query")).toHaveText(["2", "7", "3"]);
});
