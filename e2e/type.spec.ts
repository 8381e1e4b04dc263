import { expect, shipped, shippedFolder, test } from "./fixtures";
import { chipsOf, rowsOf, tokenizerOf } from "./reference";

const tokenizer = await tokenizerOf(shippedFolder);
const encode = (text: string) => tokenizer.encode(text);

test("tokens come while typing, attention later; the old one stays until then, dimmed", async ({ explorer }) => {
  await explorer.open("text=one+film");
  await expect(explorer.chips).toHaveText(chipsOf(encode("one film")));
  const release = await explorer.holdRuns();
  await explorer.type("two better films");
  await expect(explorer.chips).toHaveText(chipsOf(encode("two better films")));
  await expect(explorer.status).toContainText("Forward pass");
  await expect(explorer.rows("query")).toHaveText(rowsOf(encode("one film")));
  await expect(explorer.plot).toHaveAttribute("aria-busy", "true");
  await expect(explorer.plot).toHaveCSS("opacity", "0.45");
  await release();
  await explorer.settled();
  await expect(explorer.plot).toHaveCSS("opacity", "1");
  await expect(explorer.rows("query")).toHaveText(rowsOf(encode("two better films")));
  await expect(explorer.rows("key")).toHaveText(rowsOf(encode("two better films")));
  await expect(explorer.status).toContainText(`${encode("two better films").ids.length} tokens`);
});

test("the newest text wins, also where an older one comes late", async ({ explorer }) => {
  await explorer.open("text=one+film");
  const release = await explorer.holdRuns();
  await explorer.type("the older text");
  await explorer.textField.press("Enter");
  await expect(explorer.status).toContainText("Forward pass");
  await explorer.type("the newer text");
  await explorer.textField.press("Enter");
  await release();
  await explorer.settled();
  await expect(explorer.rows("query")).toHaveText(rowsOf(encode("the newer text")));
  await expect(explorer.chips).toHaveText(chipsOf(encode("the newer text")));
});

test("keys typed one after the other end in the text that stands there", async ({ explorer, page }) => {
  await explorer.open("text=one");
  await page.keyboard.press("/");
  await expect(explorer.textField).toBeFocused();
  await page.keyboard.press("End");
  await page.keyboard.type(" of the best films of this year");
  await expect(explorer.rows("query")).toHaveText(rowsOf(encode("one of the best films of this year")));
  await page.keyboard.press("Escape");
  await expect(explorer.textField).toHaveCount(0);
});

test("shift and Enter make a line, Enter runs at once and closes the field", async ({ explorer }) => {
  await explorer.open("text=one+film");
  await explorer.type("two");
  await explorer.textField.press("Shift+Enter");
  await explorer.textField.pressSequentially("films");
  await expect(explorer.textField).toHaveValue("two\nfilms");
  await explorer.textField.press("Enter");
  await explorer.settled();
  await expect(explorer.textField).toHaveCount(0);
  await expect(explorer.rows("query")).toHaveText(rowsOf(encode("two films")));
});

test("signs that mean something to a page mean nothing here", async ({ explorer, page }) => {
  await explorer.open();
  const text = '<img src=x onerror=alert(1)> & "é" 🙂 עברית \u0000 end';
  page.on("dialog", (dialog) => {
    throw new Error(`a dialog: ${dialog.message()}`);
  });
  await explorer.explain(text);
  await expect(explorer.chips).toHaveText(chipsOf(encode(text)));
  await expect(explorer.rows("query")).toHaveText(rowsOf(encode(text)));
});

test("an empty text runs nothing; the result before stays dimmed, and typing goes on", async ({ explorer }) => {
  await explorer.open("text=one+film");
  await explorer.type("");
  await expect(explorer.textField).toHaveAttribute("placeholder", "Type a sentence.");
  await expect(explorer.chips).toHaveCount(0);
  await expect(explorer.rows("query")).toHaveText(rowsOf(encode("one film")));
  await expect(explorer.plot).toHaveCSS("opacity", "0.45");
  await expect(explorer.page.getByRole("alert")).toHaveCount(0);
  await explorer.explain("again");
  await expect(explorer.rows("query")).toHaveText(rowsOf(encode("again")));
});

test("a text that is too long is told of with both numbers, and a shorter one runs", async ({ explorer, page }) => {
  await explorer.open("text=one+film");
  const long = "film ".repeat(shipped.maxTokens!).trim();
  await explorer.type(long);
  const alert = page.getByRole("alert");
  await expect(alert).toContainText("This text is too long for the model");
  await expect(alert).toContainText(`${encode(long).ids.length}`);
  await expect(alert).toContainText(`${shipped.maxTokens}`);
  await expect(explorer.rows("query")).toHaveText(rowsOf(encode("one film")));
  await expect(explorer.plot).toHaveCSS("opacity", "0.45");
  await alert.getByRole("button", { name: "Edit text" }).click();
  await expect(alert).toHaveCount(0);
  await explorer.explain("film ".repeat(20).trim());
  await expect(explorer.rows("query")).toHaveText(rowsOf(encode("film ".repeat(20))));
  await expect(alert).toHaveCount(0);
});
