import { expect, fixtures, test } from "./fixtures";
import { explainText, readCsv, rowsOf } from "./reference";

const folder = `${fixtures}/bert-seqcls`;
const first = "the plot was clever";
const second = "and slow";
const filters = { All: [null, null], "A→A": [0, 0], "A→B": [0, 1], "B→A": [1, 0], "B→B": [1, 1] } as const;

test("two texts: the second is added, and five filters keep what runs between which", async ({ explorer, page }) => {
  await explorer.open(`text=${first.replaceAll(" ", "+")}&sinks=shown`);
  await explorer.dropModel(folder, "bert-seqcls");
  await explorer.settled();
  await expect(explorer.view.getByText("A→B")).toHaveCount(0);
  await page.getByRole("button", { name: "Edit text" }).click();
  await page.getByRole("button", { name: "Add a second text" }).click();
  await expect(page.getByRole("textbox", { name: "Second text" })).toBeFocused();
  await page.keyboard.type(second);
  await page.keyboard.press("Enter");
  await explorer.settled();

  const reference = await explainText(folder, first, second);
  const { segments } = reference.encoding;
  const { length } = segments;
  const names = rowsOf(reference.encoding);
  const of = (segment: number | null) => names.filter((_, i) => segment === null || segments[i] === segment);
  for (const [label, [from, to]] of Object.entries(filters)) {
    await explorer.view.getByText(label, { exact: true }).click();
    await expect(explorer.view.getByRole("radio", { name: label })).toBeChecked();
    await expect(explorer.rows("query")).toHaveText(of(from));
    await expect(explorer.rows("key")).toHaveText(of(to));
    const rows = readCsv((await explorer.export("CSV")).data);
    expect(rows.length).toBe(reference.heads * of(from).length * of(to).length);
    for (const { layer, head, query_position, key_position, weight } of rows) {
      const at = Number(query_position) * length + Number(key_position);
      expect(Math.abs(Number(weight) - reference.weights(Number(layer), Number(head))[at]!)).toBeLessThan(1e-3);
    }
    if (label !== "All") await expect(explorer.view.getByTestId("not-drawn")).toContainText(`outside ${label}`);
  }
  await expect(page).toHaveURL(/pair=and\+slow.*filter=bb/);
});

test("a second text goes again, and a model that takes one says that it is left out", async ({ explorer, page }) => {
  await explorer.open(`text=${first.replaceAll(" ", "+")}`);
  await explorer.dropModel(folder, "bert-seqcls");
  await explorer.settled();
  await page.getByRole("button", { name: "Edit text" }).click();
  await page.getByRole("button", { name: "Add a second text" }).click();
  await page.getByRole("textbox", { name: "Second text" }).fill(second);
  await page.keyboard.press("Enter");
  await expect(explorer.rows("query")).toHaveText(rowsOf((await explainText(folder, first, second)).encoding));
  await explorer.dropModel(`${fixtures}/gpt2`, "gpt2");
  await explorer.settled();
  await expect(explorer.notices).toContainText("This model takes one text, so the second is left out.");
  await expect(explorer.rows("query")).toHaveText(rowsOf((await explainText(`${fixtures}/gpt2`, first)).encoding));
  await explorer.dropModel(folder, "bert-seqcls");
  await explorer.settled();
  await page.getByRole("button", { name: "Edit text" }).click();
  await page.getByRole("button", { name: "Remove the second text" }).click();
  await expect(explorer.textField).toBeFocused();
  await page.keyboard.press("Escape");
  await explorer.settled();
  await expect(explorer.rows("query")).toHaveText(rowsOf((await explainText(folder, first)).encoding));
});
