import { expect, models, test } from "./fixtures";
import { explainText } from "./reference";

/** The language model that ships. */
const language = models.find(({ task }) => task === "text-generation")!;
const repeated = language.examples.find(({ text }) => {
  const words = text.split(" ");
  const half = words.length / 2;
  return Number.isInteger(half) && words.slice(0, half).join() === words.slice(half).join();
})!;

test("one click on an example opens the language model and shows what comes next", async ({ explorer, page }) => {
  await explorer.open();
  const [example] = language.examples;
  await explorer.openPicker();
  await explorer.example(example!.text).click();
  await expect(explorer.modelChip).toContainText(language.name);
  await expect(page).toHaveURL((url) => new URLSearchParams(url.hash.slice(1)).get("text") === example!.text);
  await explorer.settled();
  const [best] = (await explainText(`models/${language.id}`, example!.text)).candidates;
  expect(best!.label.trim()).toBe("Paris");
  await expect(explorer.target).toHaveAccessibleName(`Target: ${best!.label.trim()} ${best!.probability.toFixed(2)}`);
});

test("Heads and Model name its induction and previous-token heads on a text that repeats", async ({
  explorer,
  page,
}) => {
  await explorer.open(`model=${language.id}&text=${encodeURIComponent(repeated.text)}&view=model`);
  await explorer.measured();
  const induction = explorer.view.locator(".cell[aria-label*='induction']");
  await expect(induction.first()).toBeVisible();
  await expect(
    explorer.view.locator(".cell[aria-label^='Head 0.'][aria-label*='previous token']").first(),
  ).toBeVisible();

  const [, layer, head] = /^Head (\d+)\.(\d+)/.exec((await induction.first().getAttribute("aria-label"))!)!;
  await induction.first().click();
  await expect(explorer.section("Character, 0 to 1")).toContainText("Induction");
  await explorer.inspector.getByRole("button", { name: "Show in Heads" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Heads");
  await expect(explorer.layer(Number(layer))).toBeChecked();
  await expect(explorer.head(Number(head))).toHaveAccessibleName(`Head ${head}, induction`);

  // What the score says is in the text: from its second half, the head looks at what followed the first time.
  const { encoding, weights } = await explainText(`models/${language.id}`, repeated.text);
  const { ids } = encoding;
  const length = ids.length;
  const again = ids.map((id, i) => ids.lastIndexOf(id, i - 1)).map((before, i) => [i, before] as const);
  const rows = again.filter(([i, before]) => i > length / 2 && before >= 0);
  const of = weights(Number(layer), Number(head));
  const mean = rows.reduce((sum, [i, before]) => sum + of[i * length + before + 1]!, 0) / rows.length;
  expect(mean).toBeGreaterThan(0.4);
});
