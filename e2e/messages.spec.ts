import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures";

/** What the script of the example page has. */
interface ExamplePage {
  ask(type: string, fields: object): Promise<{ readonly file: { readonly blob: Blob } }>;
  seen(): { readonly image: object };
}

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

  await send("show an image seen elsewhere");
  await expect(said(page, "loaded")).toContainText("seen elsewhere");
  await expect(said(page, "trace")).toContainText("Uint8ClampedArray(36864)");
  const map = frame.getByRole("slider", { name: /head 0\.1/ });
  const { width, height } = (await map.boundingBox())!;
  await map.click({ position: { x: width * 0.9, y: height * 0.1 } }); // the sun, whose colour no other patch has
  await expect(frame.getByTestId("reader")).toContainText("What r1c4 looks at");
  await expect(map).toHaveAttribute("aria-valuetext", /^r1c4: (1|0\.9)/);
  const { drawn, refusal } = await page.evaluate(async () => {
    const { ask, seen } = window as unknown as ExamplePage;
    const { file } = await ask("export", { format: "svg" });
    const { image, ...more } = seen();
    const misfit = ask("trace", { ...more, image: { ...image, first: 2 } });
    return { drawn: await file.blob.text(), refusal: await misfit.catch(({ message }: Error) => message) };
  });
  expect(drawn.match(/<image /g)).toHaveLength(6); // the image and what lies over it: the mean, and two heads
  expect(refusal).toBe("bad-trace: bad about.image: 4 × 4 patches from token 2 on, of 17 tokens");
  await expect(map).toHaveAttribute("aria-valuetext", /^r1c4: /); // what was there stays
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
