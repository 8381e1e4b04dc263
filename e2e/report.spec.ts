import { readFileSync } from "node:fs";
import { expect, shipped, shippedFolder, test } from "./fixtures";
import { onTheCommandLine } from "./reference";

const text = "a clever film with a warm heart";
const link = `text=${text.replaceAll(" ", "+")}&view=compare&methods=raw-attention,attn-lrp,leave-one-out`;

test("a report that someone can file or repeat, as HTML, Markdown and JSON", async ({ explorer, page, context }) => {
  await explorer.visit(link);
  await expect(explorer.view).toContainText("forward passes to measure it", { timeout: 240_000 });
  const html = await explorer.export("HTML");
  expect(html.name).toBe(`${shipped.name}-report.html`);
  const source = html.data.toString();
  expect(source).not.toMatch(/<script|<link|<img/);

  const json = JSON.parse((await explorer.export("JSON")).data.toString());
  expect(json.methods.map(({ id }: { id: string }) => id)).toEqual(["raw-attention", "attn-lrp", "leave-one-out"]);
  expect(json.faithfulness.methods.length).toBe(3);
  const target = ["--target", "POSITIVE", "--against", "NEGATIVE"];
  const printed = await onTheCommandLine(
    shippedFolder,
    text,
    "--method",
    "leave-one-out",
    "--file",
    json.model.file,
    ...target,
  );
  expect(json.model.sha256).toBe(printed.model.sha256);
  expect(source).toContain(printed.model.sha256);
  const own = json.methods.find(({ id }: { id: string }) => id === "leave-one-out").values as number[];
  for (const [i, value] of printed.methods[0]!.values.entries()) expect(Math.abs(own[i]! - value)).toBeLessThan(2e-3);

  const markdown = (await explorer.export("MD")).data.toString();
  expect(markdown).toContain(`npm run explain -- models/${shipped.id} --text '${text}'`);
  expect(markdown).toContain("covered by patents");

  const asked: string[] = [];
  const other = await context.newPage();
  other.on("request", (request) => asked.push(request.url()));
  await other.setContent(source);
  await expect(other.getByRole("heading", { level: 1 })).toHaveText(`What ${shipped.name} goes by`);
  await expect(other.locator("figure svg")).toHaveCount(1); // of Compare: nothing else was asked for
  await expect(other.getByRole("table").first()).toContainText(printed.model.sha256);
  expect(asked).toEqual([]);
  await other.close();
  expect(page.url()).toContain("view=compare");
});

test("there is no report where nothing was explained", async ({ explorer, page }) => {
  await explorer.open(`text=${text.replaceAll(" ", "+")}`);
  await page.getByRole("button", { name: "Export" }).click();
  await expect(page.getByRole("menuitem", { name: /^CSV:/ })).toBeVisible();
  await expect(page.getByRole("menuitem", { name: /^HTML:/ })).toHaveCount(0);
  expect(JSON.parse(readFileSync("package.json", "utf8")).version).toMatch(/^\d/);
});
