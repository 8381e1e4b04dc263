import { type Explorer, expect, shippedFolder, test } from "./fixtures";
import { onTheCommandLine, readCsv } from "./reference";

const text = "a clever film with a warm heart";
const paraphrases = ["with a warm heart, a clever film", "a dull film with a cold heart"];
const methods = ["gradient-x-input", "attn-lrp", "leave-one-out"];
const link = `text=${text.replaceAll(" ", "+")}&view=compare&methods=${methods}`;
const given = [...methods.flatMap((id) => ["--method", id]), "--target", "POSITIVE", "--against", "NEGATIVE"];

const done = async (explorer: Explorer): Promise<void> => {
  await expect(explorer.announcer).toContainText("3 methods are compared.", { timeout: 240_000 });
};

/** Numbers of a table, by row and column as they are named. */
async function numbers(explorer: Explorer, name: string): Promise<Record<string, string[]>> {
  const rows = await explorer.view.getByRole("region", { name }).getByRole("row").allInnerTexts();
  return Object.fromEntries(
    rows
      .slice(1)
      .map((row) => row.split(/\s*\t\s*/))
      .map(([label, ...rest]) => [label, rest]),
  );
}

test("tokens that ought to count are marked by pointer and keyboard; the link keeps them", async ({
  explorer,
  page,
}) => {
  await explorer.visit(link);
  await done(explorer);
  const chips = explorer.view.getByRole("group", { name: "What ought to count" });
  await chips.getByRole("button", { name: "clever, position 2" }).click();
  await page.keyboard.press("ArrowRight"); // film
  await page.keyboard.press("ArrowRight"); // with
  await page.keyboard.press("ArrowRight"); // a
  await page.keyboard.press("ArrowRight"); // warm
  await page.keyboard.press("Space");
  await expect(chips.getByRole("button", { name: "warm, position 6" })).toHaveAttribute("aria-pressed", "true");
  await expect(page).toHaveURL(/marked=2,6/);
  const found = await numbers(explorer, "Agreement with what is marked");
  const printed = await onTheCommandLine(shippedFolder, text, ...given, "--marked", "clever,warm");
  const labels = { "gradient-x-input": "Gradient × input", "attn-lrp": "AttnLRP", "leave-one-out": "Leave one out" };
  for (const { method, auprc, f1, iou } of printed.plausibility!.methods)
    expect(found[labels[method as keyof typeof labels]]).toEqual([auprc, f1, iou].map((n) => n!.toFixed(2)));

  const rows = readCsv((await explorer.export("CSV")).data);
  const marked = rows.filter(({ method, marked }) => method === "attn-lrp" && marked === "1");
  expect(marked.map(({ token }) => token)).toEqual(["clever", "warm"]);
  const report = JSON.parse((await explorer.export("JSON")).data.toString());
  expect(report.plausibility.marked).toEqual([2, 6]);
  expect((await explorer.export("MD")).data.toString()).toContain("--marked 2,6");

  // Opened afresh, the link has them; K takes the mark from the token that is pinned.
  await page.goto("about:blank");
  await explorer.visit(`${link}&marked=2,6&pin=6`);
  await done(explorer);
  await expect(chips.locator("[aria-pressed=true]")).toHaveText(["clever", "warm"]);
  await page.keyboard.press("k");
  await expect(chips.locator("[aria-pressed=true]")).toHaveText(["clever"]);
  await explorer.view.getByRole("button", { name: "Clear" }).click();
  await expect(explorer.view.getByRole("region", { name: "Agreement with what is marked" })).toHaveCount(0);
});

test("methods say the same of a paraphrase, or don't; one that the model answers otherwise is left out", async ({
  explorer,
  page,
}) => {
  await explorer.visit(link);
  await done(explorer);
  await explorer.view.getByRole("textbox", { name: "Paraphrases, one a line" }).fill(paraphrases.join("\n"));
  await expect(explorer.view.getByText(/about \d+ passes/)).toBeVisible();
  await explorer.view.getByRole("button", { name: "Explain 2 paraphrases" }).click();
  await expect(explorer.view.getByText(/not POSITIVE, so it is left out/)).toBeVisible({ timeout: 240_000 });
  const found = await numbers(explorer, "Consistency of each method");
  const asked = paraphrases.flatMap((p) => ["--paraphrase", p]);
  const printed = await onTheCommandLine(shippedFolder, text, ...given, ...asked);
  const own = (n: number | null) =>
    n === null
      ? "–"
      : n
          .toFixed(2)
          .replace("-", "−")
          .replace(/0(?=\.)/, "");
  const { methods: each, answers } = printed.consistency!;
  expect(answers.map(({ samePrediction }) => samePrediction)).toEqual([true, false]);
  const lrp = each.find(({ method }) => method === "attn-lrp")!;
  expect(found.AttnLRP!.slice(0, 2)).toEqual([lrp.rho === 1 ? "1" : own(lrp.rho), lrp.overlap!.toFixed(2)]);
  await expect(page).toHaveURL(/paraphrases=/);
  const report = JSON.parse((await explorer.export("JSON")).data.toString());
  expect(report.consistency.paraphrases).toEqual(paraphrases);
  const html = (await explorer.export("HTML")).data.toString();
  expect(html).toContain("Consistency over paraphrases");

  // Another paraphrase: what is there is of the ones before, and can be run again.
  await explorer.view.getByRole("textbox", { name: "Paraphrases, one a line" }).fill(paraphrases[0]!);
  await expect(explorer.view.getByRole("button", { name: "Explain the paraphrase" })).toBeEnabled();
});

test("Escape stops paraphrases; what was explained stays", async ({ explorer, page }) => {
  await explorer.visit(link.replace(/methods=.*/, "methods=raw-attention,lime"));
  await expect(explorer.view).toContainText("forward passes to measure it", { timeout: 240_000 });
  await explorer.view.getByRole("textbox", { name: "Paraphrases, one a line" }).fill(Array(40).fill(text).join("\n"));
  await explorer.view.getByRole("button", { name: "Explain 40 paraphrases" }).click();
  await expect(explorer.view.getByText(/Explaining paraphrases: \d+ of \d+ steps/)).toBeVisible();
  await explorer.view.getByRole("heading", { level: 1 }).click();
  await page.keyboard.press("Escape");
  await expect(explorer.view.getByRole("button", { name: "Explain 40 paraphrases" })).toBeEnabled();
  await expect(explorer.view.getByRole("button", { name: /^LIME: done/ })).toBeVisible();
});
