import { expect, fixtures, shippedFolder, test } from "./fixtures";
import { explainText } from "./reference";

const text = "a clever film with a warm heart";
const link = `text=${text.replaceAll(" ", "+")}`;
const shown = (probability: number) => (probability > 0 && probability < 0.005 ? "<0.01" : probability.toFixed(2));

test("the classes with the engine's probabilities, the likeliest against the other", async ({ explorer }) => {
  await explorer.open(link);
  const { candidates } = await explainText(shippedFolder, text);
  const [best, other] = candidates.map(({ label, probability }) => `${label} ${shown(probability)}`);
  await expect(explorer.target).toHaveAccessibleName(`Target: ${best}`);
  await expect(explorer.against).toHaveAccessibleName(`Against: ${other}`);
  await explorer.target.click();
  await expect(explorer.page.getByRole("menuitemradio")).toHaveText(
    candidates.map(({ label, probability }) => `${label}${shown(probability)}`),
  );
  await expect(explorer.page.getByRole("menuitemradio").first()).toBeChecked();
});

test("another class turns both round; nothing can stand against it", async ({ explorer, page }) => {
  await explorer.open(link);
  const [best, other] = (await explainText(shippedFolder, text)).candidates;
  await explorer.target.click();
  await page.getByRole("menuitemradio", { name: other!.label }).click();
  await expect(explorer.target).toHaveAccessibleName(new RegExp(`^Target: ${other!.label}`));
  await expect(explorer.against).toHaveAccessibleName(new RegExp(`^Against: ${best!.label}`));
  await expect(page).toHaveURL(new RegExp(`target=${other!.index}&against=${best!.index}`));
  await explorer.against.click();
  await page.getByRole("menuitemradio", { name: "nothing" }).click();
  await expect(explorer.against).toHaveAccessibleName("Against: nothing");
  await explorer.explain("a dull film");
  await expect(explorer.target).toHaveAccessibleName(new RegExp(`^Target: ${other!.label}`));
  await expect(explorer.against).toHaveAccessibleName("Against: nothing");
});

test("next tokens with probabilities, one against another, and read at another position", async ({
  explorer,
  page,
}) => {
  const prompt = "the plot was clever and";
  await explorer.open(`text=${prompt.replaceAll(" ", "+")}`);
  await explorer.dropModel(`${fixtures}/gpt2`, "gpt2");
  await explorer.settled();
  const { candidates, encoding } = await explainText(`${fixtures}/gpt2`, prompt);
  await explorer.target.click();
  const options = page.getByRole("menuitemradio");
  await expect(options).toHaveCount(candidates.length);
  for (const [i, { probability }] of candidates.entries())
    await expect(options.nth(i)).toContainText(shown(probability));
  await page.keyboard.press("Escape");
  await expect(page.getByText(/^then /)).toContainText(shown(candidates[1]!.probability).replace(/^0/, ""));

  await explorer.against.click();
  await options.nth(3).click(); // "nothing" is the first
  await expect(explorer.against).toContainText(shown(candidates[2]!.probability));
  await expect(page).toHaveURL(
    new RegExp(`target=${candidates[0]!.index}(@|%40)${encoding.ids.length - 1}&against=${candidates[2]!.index}`),
  );

  await explorer.row("query", 1).click();
  await explorer.target.click();
  await page.getByRole("menuitem", { name: /^Read at the pinned/ }).click();
  await expect(page.getByText(/^at /)).toBeVisible();
  await expect(explorer.target).not.toContainText(shown(candidates[0]!.probability));
  await expect(page).toHaveURL(/target=\d+(@|%40)1(&|$)/);
});
