import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures";

/** The newest line of the example page's log of a type. */
const said = (page: Page, type: string) => page.locator(`#log [data-type=${type}]`).first();

test("the page of examples: each of its messages is answered", async ({ explorer }) => {
  const { page } = explorer;
  await page.goto("./embed.html");
  await expect(said(page, "ready")).toContainText('"models":true');
  const send = (name: string) => page.getByRole("button", { name, exact: true }).click();
  const frame = page.frameLocator("#frame");

  await send("load a model");
  await expect(said(page, "loaded")).toContainText('"layers":4');
  await send("explain");
  await expect(said(page, "result")).toContainText('"id":"leave-one-out"');
  await expect(said(page, "result")).toContainText('"failures":[]');
  await send("read a head");
  await expect(said(page, "result")).toContainText('"heads":[3],"dims":[1,');
  await send("show Model");
  await expect(frame.getByRole("heading", { level: 1 })).toContainText("Model");
  await send("show Heads, pinned");
  await expect(said(page, "selection")).toContainText('"pinned":{"index":5');
  await send("dark theme");
  await expect(frame.locator("html")).toHaveAttribute("data-theme", "dark");
  await send("export a figure");
  await expect(said(page, "result")).toContainText("image/svg+xml");
  await send("an unknown field");
  await expect(said(page, "error")).toContainText("bad message: unknown field colour");
  await send("show what was computed elsewhere");
  await expect(said(page, "loaded")).toContainText("computed elsewhere");
  await expect(frame.getByRole("list", { name: "Tokens that look", exact: true })).toContainText("mat");
});

test("a page that isn't named gets an error and nothing else", async ({ explorer }) => {
  const { page } = explorer;
  await page.goto("./embed.html");
  await expect(said(page, "ready")).toBeVisible();
  const heard = await page.evaluate(
    (address) =>
      new Promise<unknown[]>((resolve) => {
        const frame = document.createElement("iframe");
        const all: unknown[] = [];
        window.addEventListener("message", ({ source, data }) => {
          if (source !== frame.contentWindow) return;
          all.push(data.type === "error" ? data.code : data.type);
          if (data.type === "ready") {
            const message = { app: "attention-explorer", version: 1, id: "1", type: "attention", layer: 0 };
            frame.contentWindow?.postMessage(message, "*");
          }
          if (data.type === "error") resolve(all);
        });
        frame.src = `${address}#embed=1&origins=https://another.example`;
        document.body.append(frame);
      }),
    new URL("./", page.url()).href,
  );
  expect(heard.filter((type) => type !== "size" && type !== "ready")).toEqual(["origin"]);
});
