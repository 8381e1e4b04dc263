import { expect, fixtures, shippedFolder, test } from "./fixtures";
import { explainText, readCsv, rowsOf, withoutSinks } from "./reference";

const text = "an unputdownable and overwhelming film";
const link = `text=${text.replaceAll(" ", "+")}&layer=2&heads=1,4`;
const heads = [1, 4];

test("sinks: left out with rows rescaled and said so, or kept as the model computed them", async ({
  explorer,
  page,
}) => {
  await explorer.open(link);
  const reference = await explainText(shippedFolder, text);
  const { ids, special } = reference.encoding;
  const { length } = ids;
  const expectWeights = async (of: (head: number) => Float32Array) => {
    const rows = readCsv((await explorer.export("CSV")).data);
    expect(rows.length).toBe(heads.length * length * length);
    for (const { head, query_position, key_position, weight } of rows) {
      const at = Number(query_position) * length + Number(key_position);
      expect(Math.abs(Number(weight) - of(Number(head))[at]!)).toBeLessThan(3e-3);
    }
  };
  await expect(explorer.switch("Hide sinks")).toBeChecked();
  await expectWeights((head) => withoutSinks(reference, 2, head));
  let held = 0;
  for (const head of heads)
    for (const [i, weight] of reference.weights(2, head).entries()) if (special[i % length]) held += weight;
  const share = Math.round((100 * held) / (heads.length * length));
  await expect(explorer.view.getByTestId("not-drawn")).toHaveText(
    new RegExp(`^Not drawn: ${share}% held by \\[CLS\\] and \\[SEP\\], \\d+% in lines under 5%; rows rescaled$`),
  );
  const lines = await explorer.lines();

  await page.keyboard.press("h");
  await expect(explorer.switch("Hide sinks")).not.toBeChecked();
  await expectWeights((head) => reference.weights(2, head));
  await expect(explorer.view.getByTestId("not-drawn")).not.toContainText("held by");
  await expect.poll(() => explorer.lines()).not.toBe(lines);
});

test("in a causal model the first token is a sink", async ({ explorer }) => {
  const prompt = "the plot was clever";
  await explorer.open(`text=${prompt.replaceAll(" ", "+")}`);
  await explorer.dropModel(`${fixtures}/gpt2`, "gpt2");
  await explorer.settled();
  await expect(explorer.view.getByTestId("not-drawn")).toContainText("held by the first token");
  const rows = readCsv((await explorer.export("CSV")).data);
  for (const { query_position, key_position, weight } of rows)
    if (key_position === "0" || Number(key_position) > Number(query_position)) expect(Number(weight)).toBe(0);
});

test("Model leaves sinks out where it is asked to, in short texts and long ones", async ({ explorer, page }) => {
  for (const words of [text, "a long film ".repeat(40).trim()]) {
    await explorer.open(`view=model&text=${words.replaceAll(" ", "+")}`);
    await explorer.measured();
    await expect(explorer.switch("Hide sinks")).not.toBeChecked();
    const whole = await explorer.thumbnails();
    await page.keyboard.press("h");
    await expect(explorer.view).toContainText("Sinks are left out, rows rescaled.");
    await expect.poll(() => explorer.thumbnails()).not.toBe(whole);
    await page.keyboard.press("h");
    await expect.poll(() => explorer.thumbnails()).toBe(whole);
    await page.goto("about:blank");
  }
});

test("subwords merged into words: keys are summed, queries averaged", async ({ explorer, page }) => {
  await explorer.open(`${link}&sinks=shown`);
  const reference = await explainText(shippedFolder, text);
  const { words } = reference.encoding;
  const units = words.reduce<number[][]>((all, word, i) => {
    if (word !== null && word === words[i - 1]) all.at(-1)!.push(i);
    else all.push([i]);
    return all;
  }, []);
  expect(units.length).toBeLessThan(words.length);
  const names = rowsOf(reference.encoding);
  const labels = units.map((unit) => unit.map((i) => names[i]!.replace(/^##/, "")).join(""));

  await page.keyboard.press("w");
  await expect(explorer.switch("Merge words")).toBeChecked();
  await expect(explorer.rows("query")).toHaveText(labels);
  await expect(explorer.rows("key")).toHaveText(labels);
  await expect(explorer.chips).toHaveCount(words.length);
  const rows = readCsv((await explorer.export("CSV")).data);
  expect(rows.length).toBe(heads.length * units.length ** 2);
  for (const { head, query_position, key_position, weight } of rows) {
    const at = (position: string) => units.find(([from]) => from === Number(position))!;
    const weights = reference.weights(2, Number(head));
    const sums = at(query_position!).map((query) =>
      at(key_position!).reduce((sum, key) => sum + weights[query * words.length + key]!, 0),
    );
    const mean = sums.reduce((a, b) => a + b, 0) / sums.length;
    expect(Math.abs(Number(weight) - mean)).toBeLessThan(3e-3);
  }

  const merged = units.findIndex((unit) => unit.length > 1);
  await explorer.chips.nth(units[merged]!.at(-1)!).click();
  await expect(explorer.rows("query").nth(merged)).toHaveAttribute("aria-pressed", "true");
  await expect(page).toHaveURL(/words=1/);
});
