import { VIEW_IDS } from "../src/store/state";
import { Explorer, expect, shipped, shippedFolder, test } from "./fixtures";
import { rowsOf, tokenizerOf } from "./reference";

const tokenizer = await tokenizerOf(shippedFolder);

/** Another visit, as of whoever is sent a link. */
async function visitor(explorer: Explorer, link: string): Promise<Explorer> {
  const page = await explorer.page.context().newPage();
  await page.goto(link);
  const other = new Explorer(page, explorer.watch);
  await other.settled();
  return other;
}

test("a link brings back model, text, view, layer, heads, pin, theme and how it is drawn", async ({
  explorer,
  page,
}) => {
  const text = 'Déjà vu & "more": 100 % of #1 films, a=b+c?';
  await explorer.open();
  await explorer.explain(text);
  await explorer.chooseLayer(1);
  await explorer.head(1).click();
  await explorer.head(4).click();
  await explorer.row("key", 3).click();
  await explorer.switch("Hide sinks").click();
  await explorer.view.getByText("Straight", { exact: true }).click();
  await page.getByRole("button", { name: "Theme: as the system" }).click();
  await page.getByRole("button", { name: "Theme: light" }).click();
  await expect(page.getByRole("button", { name: "Theme: dark" })).toBeVisible();
  const heads = await explorer.headsOn();
  const rows = rowsOf(tokenizer.encode(text));

  const other = await visitor(explorer, await explorer.shared());
  await expect(other.modelChip).toContainText(shipped.name);
  await expect(other.rows("query")).toHaveText(rows);
  await expect(other.layer(1)).toBeChecked();
  expect(await other.headsOn()).toEqual(heads);
  await expect(other.row("key", 3)).toHaveAttribute("aria-pressed", "true");
  await expect(other.row("query", 3)).toHaveAttribute("aria-pressed", "false");
  await expect(other.switch("Hide sinks")).not.toBeChecked();
  await expect(other.view.getByRole("radio", { name: "Straight" })).toBeChecked();
  await expect(other.page.locator("html")).toHaveAttribute("data-theme", "dark");
  await expect(other.notices.getByRole("listitem")).toHaveCount(0);
  expect(await other.shared()).toBe(await explorer.shared());
});

test("a link brings back the open head of Model", async ({ explorer, page }) => {
  await explorer.open("text=a+clever+film");
  await page.keyboard.press("2");
  await explorer.cell(2, 5).click();
  await page.keyboard.press("h");
  const other = await visitor(explorer, await explorer.shared());
  await expect(other.page.getByRole("heading", { level: 1 })).toHaveText("Model");
  await expect(other.cell(2, 5)).toHaveAttribute("aria-pressed", "true");
  await expect(other.switch("Hide sinks")).toBeChecked();
});

test("the address follows what is on screen, and says nothing to the server", async ({ explorer, page }) => {
  await explorer.open("text=a+clever+film");
  await explorer.explain("a secret film");
  await explorer.chooseLayer(0);
  await expect(page).toHaveURL(/#.*text=a\+secret\+film.*layer=0/);
  expect(explorer.watch.requests.filter((url) => /secret/.test(url.split("#")[0]!))).toEqual([]);
});

test("a link that is opened in the open page is followed", async ({ explorer, page }) => {
  await explorer.open("text=a+clever+film&layer=0");
  await page.evaluate(() => {
    location.hash = "#text=a+dull+film&layer=1&heads=2";
  });
  await expect(explorer.rows("query")).toHaveText(rowsOf(tokenizer.encode("a dull film")));
  await expect(explorer.layer(1)).toBeChecked();
  expect(await explorer.headsOn()).toEqual([2]);
  await page.evaluate(() => {
    location.hash = "#text=a+dull+film&layer=2&pin=1&view=heads";
  });
  await expect(explorer.layer(2)).toBeChecked();
  await expect(explorer.row("query", 1)).toHaveAttribute("aria-pressed", "true");
});

test("what a link says that can't be is told of, and the rest is done", async ({ explorer }) => {
  await explorer.open(
    "model=nothing&view=moon&text=a+fine+film&layer=99&heads=1,77&pin=999&theme=pink&flavour=vanilla&target=WORSE&sinks=maybe",
  );
  const told = [
    `No model that ships here is called nothing. ${shipped.name} is opened instead.`,
    `The link says view=moon, which isn't one of ${VIEW_IDS.join(", ")}. It is left out.`,
    `There is no layer 99: this model has ${shipped.layers}, counted from 0.`,
    "There is no head 77",
    "There is no token at position 999",
    "The link says theme=pink",
    "The link says flavour=vanilla, which this version doesn't know.",
    "The link wants WORSE, which this model doesn't say.",
    "The link says sinks=maybe",
  ];
  for (const words of told) await expect(explorer.notices).toContainText(words);
  await expect(explorer.rows("query")).toHaveText(rowsOf(tokenizer.encode("a fine film")));
  expect(await explorer.headsOn()).toEqual([1]);
  for (let left = await explorer.notices.getByRole("listitem").count(); left > 0; left--) {
    await explorer.notices.getByRole("button", { name: "Dismiss" }).first().click();
    await expect(explorer.notices.getByRole("listitem")).toHaveCount(left - 1);
  }
});

test("a link that was cut short still opens", async ({ explorer }) => {
  await explorer.open("text=a+fine+film%E4%B8&layer=1&he");
  await expect(explorer.layer(1)).toBeChecked();
  await expect(explorer.rows("query").nth(2)).toHaveText("fine");
  await expect(explorer.notices).toContainText("which this version doesn't know");
});
