import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, shippedFolder, test } from "./fixtures";
import { rowsOf, tokenizerOf } from "./reference";

const tokenizer = await tokenizerOf(shippedFolder);
const text = "the cast is so charming";
const link = `text=${text.replaceAll(" ", "+")}&layer=1&heads=1,2&pin=5&embed=1`;

test("embedded: the view alone, and a way to the whole", async ({ explorer, page, context }) => {
  await explorer.open(link);
  for (const part of [explorer.rail, explorer.inspector, explorer.modelChip, explorer.textField])
    await expect(part).toHaveCount(0);
  await expect(explorer.rows("query")).toHaveText(rowsOf(tokenizer.encode(text)));
  expect(await explorer.headsOn()).toEqual([1, 2]);
  const whole = context.waitForEvent("page");
  await page.getByRole("link", { name: "Open in Attention Explorer" }).click();
  const opened = await whole;
  await expect(opened.getByRole("navigation", { name: "Views" })).toBeVisible();
  await expect(opened.getByRole("button", { name: /^charming, position 5, looks$/ })).toHaveAttribute(
    "aria-pressed",
    "true",
  );
  expect(opened.url()).not.toContain("embed");
});

test("the code that the page gives works in a frame of another site", async ({ explorer, page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await explorer.open(link.replace("&embed=1", ""));
  await explorer.view.getByRole("button", { name: "Embed" }).click();
  const code = await explorer.dialog.getByRole("textbox", { name: "Code" }).inputValue();
  await explorer.dialog.getByRole("button", { name: "Copy code" }).click();
  await expect(explorer.notices).toContainText("Code copied.");
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(code);

  const host = createServer((_, response) =>
    response.writeHead(200, { "content-type": "text/html" }).end(`<!doctype html><title>A blog</title><p>${code}</p>`),
  );
  await new Promise<void>((resolve) => host.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(host.address() as AddressInfo).port}`;
  explorer.watch.allow(origin);
  explorer.watch.forgive(/favicon/);
  await page.goto(origin);
  const frame = page.frameLocator("iframe");
  await expect(frame.getByRole("button", { name: /^charming, position 5, looks$/ })).toHaveAttribute(
    "aria-pressed",
    "true",
    { timeout: 45_000 },
  );
  await expect(frame.locator("p[aria-live=polite]")).toContainText("Result ready.", { timeout: 45_000 });
  await frame.getByRole("button", { name: "Head 2" }).click();
  await expect(frame.getByRole("button", { name: /^Head 2/ })).toHaveAttribute("aria-pressed", "false");
  host.close();
  host.closeAllConnections();
});
