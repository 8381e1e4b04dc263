import { execFileSync } from "node:child_process";
import type { Page } from "@playwright/test";
import { expect, shippedFolder, test } from "./fixtures";
import { explainText, readCsv } from "./reference";

const text = "the cast is so charming i left smiling";
const link = `view=rollout&text=${text.replaceAll(" ", "+")}&layer=1`;
const maps = (page: Page) => page.locator(".map canvas");

/** What the command line says of the answer's row. */
const commandLine = (method: string, ...options: readonly string[]): number[] => {
  const written = execFileSync(
    "npm",
    ["run", "--silent", "explain", "--", shippedFolder, "--text", text, "--method", method, "--json", ...options],
    { encoding: "utf8", maxBuffer: 2 ** 26 },
  );
  return JSON.parse(written).methods[0].values;
};

test("both maps hold the engine's numbers: one layer's mean, and rollout as the command line has it", async ({
  explorer,
  page,
}) => {
  await explorer.open(link);
  await expect(maps(page)).toHaveCount(2);
  const { data } = await explorer.export("CSV");
  const rows = readCsv(data);
  const reference = await explainText(shippedFolder, text);
  const T = reference.encoding.ids.length;
  expect(rows).toHaveLength(T * T);
  const rolled = commandLine("rollout");
  for (const row of rows) {
    const [i, j] = [Number(row.query_position), Number(row.key_position)];
    let mean = 0;
    for (let head = 0; head < reference.heads; head++) mean += reference.weights(1, head)[i * T + j]! / reference.heads;
    expect(Math.abs(Number(row.raw_attention) - mean)).toBeLessThan(3e-3);
    if (i === 0) expect(Math.abs(Number(row.rollout) - rolled[j]!)).toBeLessThan(1e-3);
  }
});

test("a row is lit in both maps, pinned by a click, and told apart in the panel", async ({ explorer, page }) => {
  await explorer.open(link);
  await expect(maps(page)).toHaveCount(2);
  const box = (await maps(page).first().boundingBox())!;
  await page.mouse.move(box.x + box.width / 2, box.y + box.height * 0.7);
  await expect(page.getByRole("tooltip")).toContainText(/raw 0\.\d{4}, rollout 0\.\d{4}/);
  await page.mouse.down();
  await page.mouse.up();
  await page.mouse.move(5, 5);
  await expect(explorer.inspector).toContainText("Pinned row");
  await expect(explorer.section("Rollout: sources").getByRole("button")).toHaveCount(5);
  await expect(explorer.section("It attends to").getByRole("button")).toHaveCount(5);
  await expect(explorer.section("Where they part")).toBeVisible();
});

test("methods and their settings change the second map alone; a link brings them back", async ({ explorer, page }) => {
  await explorer.open(`${link}&pin=5`);
  await expect(maps(page)).toHaveCount(2);
  const sources = () => explorer.strengths("Rollout: sources");
  const before = await sources();
  const attends = await explorer.strengths("It attends to");
  await explorer.view.getByRole("spinbutton", { name: "Residual weight" }).fill("0");
  await page.keyboard.press("Enter");
  await expect.poll(sources).not.toEqual(before);
  expect(await explorer.strengths("It attends to")).toEqual(attends);
  await explorer.view.getByText("Chefer", { exact: true }).click();
  await expect(explorer.section("Chefer relevance: sources")).toBeVisible();
  await expect(explorer.view.getByTestId("left-out")).toContainText("is taken off");
  await explorer.view.getByRole("button", { name: "Next layer" }).click();
  await expect(explorer.layer(2)).toBeChecked();
  await expect.poll(() => new URL(page.url()).hash).toMatch(/layer=2.*flow=chefer/);
  await page.reload();
  await explorer.settled();
  await expect(explorer.section("Chefer relevance: sources")).toBeVisible();
  await expect(explorer.layer(2)).toBeChecked();
});

test("sinks left out are said, and the figure holds both maps as pinned", async ({ explorer, page }) => {
  await explorer.open(`${link}&pin=5`);
  await expect(maps(page)).toHaveCount(2);
  await page.keyboard.press("h");
  await expect(explorer.view.getByTestId("left-out")).toContainText("Sinks are left out");
  const { data } = await explorer.export("SVG");
  expect(data.toString()).toContain("Raw attention");
  expect(data.toString()).toContain("pinned: charming");
});
