import { execFile } from "node:child_process";
import { cpSync, rmSync, writeFileSync } from "node:fs";
import { promisify } from "node:util";
import AxeBuilder from "@axe-core/playwright";
import type { Locator } from "@playwright/test";
import { contextOfImage, openImageModel } from "../src/cli/image-model";
import { type Explorer, expect, fixtures, test } from "./fixtures";
import { startHub } from "./hub-server";
import { encodePng, pattern } from "./png";
import { type Printed, readCsv } from "./reference";

const model = `${fixtures}/vit`;
const picture = pattern(60, 40);

/** What the engine says of the picture under Node. */
async function reference() {
  const opened = await openImageModel(model);
  try {
    const { context, candidates } = await contextOfImage(opened, { image: picture, target: {}, seed: 0 });
    const attention = await context.trace.attention(2);
    return { candidates, tokens: context.trace.encoding.tokens, attention: attention.data as Float32Array };
  } finally {
    await opened.close();
  }
}
const { candidates, tokens, attention } = await reference();
const T = tokens.length;
/** Of a head, [CLS] left out and rows divided by the rest. */
const rescaled = (head: number, query: number): number[] => {
  const row = Array.from(attention.subarray((head * T + query) * T, (head * T + query + 1) * T));
  return row.map((weight, key) => (key === 0 ? 0 : weight / (1 - row[0]!)));
};

const file = (name = "cat.png"): string => {
  const path = test.info().outputPath(name);
  writeFileSync(path, encodePng(picture));
  return path;
};

const field = ({ page }: Explorer): Locator => page.getByRole("form", { name: "Image" });
const thumbnail = (explorer: Explorer): Locator => field(explorer).getByRole("slider");

/** A point in the middle of a patch of a picture. */
async function over(image: Locator, row: number, column: number): Promise<{ x: number; y: number }> {
  const { x, y, width, height } = (await image.boundingBox())!;
  return { x: x + ((column - 0.5) / 4) * width, y: y + ((row - 0.5) / 4) * height };
}

/** The model of four by four patches, dropped, and then the picture. */
async function open(explorer: Explorer, link = ""): Promise<void> {
  await explorer.open(link);
  await explorer.dropModel(model, "ViT for images");
  await expect(field(explorer)).toContainText("Drop an image on the page");
  await explorer.drop(file());
  await expect(field(explorer)).toContainText("60 × 40, seen as 20 × 20");
  await explorer.settled();
}

test("an image has classes, and attention that lies over it as the engine computes it", async ({ explorer, page }) => {
  await open(explorer, "layer=2");
  await expect(field(explorer)).toContainText("4 × 4 patches of 5 × 5 pixels, 17 tokens");
  await expect(explorer.target).toContainText(candidates[0]!.label);
  await expect(explorer.target).toContainText(candidates[0]!.probability.toFixed(2));
  await explorer.target.click();
  await expect(page.getByRole("menuitemradio")).toHaveCount(candidates.length);
  await page.keyboard.press("Escape");

  await explorer.chooseLayer(2);
  await explorer.settled();
  const reader = explorer.view.getByTestId("reader");
  await expect(reader).toContainText("What [CLS] looks at");
  await expect(explorer.view.getByRole("slider")).toHaveCount(5); // the mean and four heads
  const at = await over(thumbnail(explorer), 2, 3);
  await page.mouse.move(at.x, at.y);
  await expect(reader).toContainText("What r2c3 looks at");
  await page.mouse.click(at.x, at.y);
  await expect(explorer.section("Attends to")).toBeVisible();
  const query = tokens.indexOf("r2c3");
  const means = tokens.map((_, key) => [0, 1, 2, 3].reduce((sum, head) => sum + rescaled(head, query)[key]! / 4, 0));
  const best = means.map((value, key) => ({ value, key })).sort((a, b) => b.value - a.value);
  const rows = await explorer.strengths("Attends to");
  expect(rows.map(({ token }) => token)).toEqual(best.slice(0, 5).map(({ key }) => tokens[key]));
  for (const [i, { value }] of rows.entries()) expect(Math.abs(value - best[i]!.value)).toBeLessThan(6e-3);

  // Of what lies over the image, each patch can be read; while one is pinned, others are read under the cursor.
  const mean = explorer.view.getByRole("slider", { name: /mean of 4 heads/ });
  const other = await over(mean, 4, 1);
  await page.mouse.move(other.x, other.y);
  await expect(reader).toContainText("What r2c3 looks at");
  await expect(mean).toHaveAttribute("aria-valuetext", /^r4c1: 0\.\d+/);
  const told = Number((await mean.getAttribute("aria-valuetext"))!.split(": ")[1]);
  expect(Math.abs(told - means[tokens.indexOf("r4c1")]!)).toBeLessThan(2e-3);
  await page.mouse.move(0, 0);

  const csv = readCsv((await explorer.export("CSV")).data);
  for (const row of csv.filter(({ pinned }) => pinned === "1").slice(0, 64)) {
    const wanted = rescaled(Number(row.head), Number(row.query_position))[Number(row.key_position)]!;
    expect(Math.abs(Number(row.weight) - wanted)).toBeLessThan(1e-3);
  }
  const svg = (await explorer.export("SVG")).data.toString();
  expect(svg.match(/<image /g)).toHaveLength(10); // the picture and what lies over it, five times
  expect(svg).toContain("What r2c3 looks at · layer 2");
  expect((await explorer.export("PNG")).data.subarray(1, 4).toString()).toBe("PNG");

  await explorer.view.getByText("Lines", { exact: true }).click();
  await expect(explorer.rows("query")).toHaveText(tokens);
});

test("attribution is a map over the image, with the numbers of the command line", async ({ explorer, page }) => {
  await open(explorer, "view=attribution&method=integrated-gradients");
  const map = explorer.view.getByRole("slider", { name: /^What each patch counts/ });
  await expect(map).toBeVisible();
  const { data } = await explorer.export("CSV");
  const found = readCsv(data).map(({ value }) => Number(value));
  expect(readCsv(data)[7]).toMatchObject({ token: "r2c3", row: "2", column: "3" });
  const path = file();
  const { stdout } = await promisify(execFile)("npx", [
    ...["tsx", "src/cli/explain.ts", model, "--image", path, "--method", "integrated-gradients", "--json"],
  ]);
  const printed = JSON.parse(stdout) as Printed;
  const [method] = printed.methods;
  const most = Math.max(...method!.values.map(Math.abs));
  expect(found).toHaveLength(T);
  for (const [i, value] of found.entries()) expect(Math.abs(value - method!.values[i]!)).toBeLessThan(2e-3 * most);
  await expect(explorer.view.getByTestId("completeness")).toContainText("under 0.1%");
  const svg = (await explorer.export("SVG")).data.toString();
  expect(svg).toContain("<image ");
  expect(svg).toContain("Integrated gradients");

  await page.getByRole("combobox", { name: "Method" }).selectOption("leave-one-out");
  await expect(page.getByRole("combobox", { name: "Replacement" }).locator("option")).toHaveText([
    "mean colour (0 once normalised)",
    "the image, blurred",
  ]);
  await page.keyboard.press("6");
  await expect(explorer.view.getByRole("slider")).toHaveCount(2);
  await expect(explorer.view.getByRole("region", { name: "Windows by their change" })).toContainText("r1c1 to r3c3");
  await page.keyboard.press("4");
  await expect(explorer.view.getByRole("slider", { name: /Rollout/ })).toBeVisible();
  await page.keyboard.press("2");
  await explorer.cell(1, 2).click();
  await expect(explorer.inspector.getByRole("slider", { name: /head 1\.2/ })).toBeVisible();
});

test("methods are held against each other as maps over the image, read all at once", async ({ explorer, page }) => {
  await open(explorer, "view=compare&methods=raw-attention,gradient-x-input,integrated-gradients,leave-one-out");
  await expect(explorer.announcer).toContainText("4 methods are compared.", { timeout: 240_000 });
  const maps = explorer.view.getByRole("slider", { name: /^What each patch counts for .* by / });
  await expect(maps).toHaveCount(4);
  await expect(explorer.view).toContainText("over 16 patches");
  await expect(explorer.view.getByRole("heading", { name: /Do they rank patches alike/ })).toContainText("n = 16");
  await expect(explorer.view).toContainText("covered with the mean colour");
  await expect(explorer.view).toContainText("is asked of texts only");
  await expect(explorer.view.getByRole("group", { name: "What ought to count" })).toHaveCount(0);

  const at = await over(maps.first(), 2, 3);
  await page.mouse.move(at.x, at.y);
  for (let i = 0; i < 4; i++) await expect(maps.nth(i)).toHaveAttribute("aria-valuetext", /^r2c3: /);
  await page.mouse.click(at.x, at.y);
  await expect(explorer.inspector).toContainText("r2c3");
  await page.mouse.move(0, 0);

  // What is on screen is in the file: each map's strongest patch, and the numbers that the maps are read by.
  const csv = readCsv((await explorer.export("CSV")).data);
  expect(csv).toHaveLength(4 * T);
  for (const id of ["raw-attention", "gradient-x-input", "integrated-gradients", "leave-one-out"]) {
    const own = csv.filter(({ method, row }) => method === id && row !== "");
    expect(own).toHaveLength(16);
    const first = own.find(({ top_place }) => top_place === "1")!;
    expect(Number(first.value)).toBe(Math.max(...own.map(({ value }) => Number(value))));
    expect(first.token).toBe(`r${first.row}c${first.column}`);
    await expect(explorer.view.getByRole("listitem").filter({ hasText: first.token! }).first()).toBeVisible();
  }
  const svg = (await explorer.export("SVG")).data.toString();
  expect(svg.match(/<image /g)).toHaveLength(8); // the picture and what lies over it, four times
  expect(svg).toContain("Each map has its own maximum");
  expect((await explorer.export("PNG")).data.subarray(1, 4).toString()).toBe("PNG");

  await explorer.view.getByRole("button", { name: /^Leave one out.*Open in Attribution/ }).click();
  await expect(explorer.view.getByRole("heading", { name: "Attribution" })).toBeVisible();
});

test("a pass over an image is saved as a trace with it, and opened again as maps over it", async ({
  explorer,
  page,
}, info) => {
  await open(explorer, "layer=2");
  await explorer.chooseLayer(2);
  await explorer.settled();
  const before = readCsv((await explorer.export("CSV")).data);
  const { name, data } = await explorer.export("Trace");
  const path = info.outputPath(name);
  writeFileSync(path, data);
  await explorer.visit("text=the+cast+is+so+charming"); // of the model and the image nothing is left
  await explorer.settled();
  await explorer.dropModel(path, /nothing runs/);
  await explorer.settled();
  await expect(field(explorer)).toContainText("cat.png");
  await expect(field(explorer)).toContainText("60 × 40, seen as 20 × 20");
  await expect(page.getByRole("button", { name: /Another image|Choose an image/ })).toHaveCount(0);
  await explorer.chooseLayer(2);
  await explorer.settled();
  await expect(explorer.view.getByRole("slider")).toHaveCount(5); // the mean and four heads
  const at = await over(thumbnail(explorer), 2, 3);
  await page.mouse.move(at.x, at.y);
  await expect(explorer.view.getByTestId("reader")).toContainText("What r2c3 looks at");
  await page.mouse.move(0, 0);
  const after = readCsv((await explorer.export("CSV")).data);
  expect(after).toEqual(before);
  expect((await explorer.export("SVG")).data.toString().match(/<image /g)).toHaveLength(10);
  await page.keyboard.press("5");
  await expect(explorer.view.getByRole("slider", { name: /^What each patch counts/ })).toBeVisible();
});

test("a link is of an image that has to be given again", async ({ explorer, page }) => {
  const hub = await startHub({ "someone/vit": model });
  explorer.watch.allow(new URL(hub.url).origin);
  explorer.search = `?hub=${encodeURIComponent(hub.url)}`;
  await explorer.visit("model=someone/vit&image=cat.png&layer=1&heads=0,2&pin=7");
  await expect(field(explorer)).toContainText("The link is of cat.png. Links don't carry images");
  await expect(explorer.notices).toContainText("The link is of cat.png.");
  await page.getByLabel("Image file").setInputFiles(file());
  await explorer.settled();
  await expect(explorer.layer(1)).toBeChecked();
  expect(await explorer.headsOn()).toEqual([0, 2]);
  await expect(explorer.view.getByTestId("reader")).toContainText(`What ${tokens[7]} looks at`);
  const shared = new URLSearchParams(new URL(await explorer.shared()).hash.slice(1));
  expect(shared.get("image")).toBe("cat.png");
  expect(shared.get("pin")).toBe("7");
  expect(shared.get("text")).toBeNull();
  await hub.close();
});

test("an image that was dropped on a text model waits for one that reads images; pasting gives another", async ({
  explorer,
  page,
}) => {
  await explorer.open();
  await explorer.drop(file());
  await expect(explorer.notices).toContainText("cat.png is kept for a model that reads images");
  await explorer.dropModel(model, "ViT for images");
  await explorer.settled();
  await expect(field(explorer)).toContainText("cat.png");
  const other = encodePng(pattern(33, 44)).toString("base64");
  await page.evaluate((data) => {
    const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
    const transfer = new DataTransfer();
    transfer.items.add(new File([bytes], "pasted.png", { type: "image/png" }));
    window.dispatchEvent(new ClipboardEvent("paste", { clipboardData: transfer, bubbles: true, cancelable: true }));
  }, other);
  await expect(field(explorer)).toContainText("33 × 44, seen as 20 × 20");
});

test("a file that is no image, and a model that doesn't say how images are made ready", async ({ explorer, page }) => {
  await open(explorer);
  const broken = test.info().outputPath("broken.png");
  writeFileSync(broken, "no picture");
  await page.getByLabel("Image file").setInputFiles(broken);
  await expect(page.getByRole("alert")).toContainText("not an image: broken.png");
  await expect(field(explorer)).toContainText("cat.png"); // what is on screen stays

  const bare = test.info().outputPath("bare");
  cpSync(model, bare, { recursive: true });
  rmSync(`${bare}/preprocessor_config.json`);
  await page.getByLabel("Image file").setInputFiles(file());
  await explorer.dropModel(bare, "bare");
  await expect(page.getByRole("main")).toContainText("missing file: preprocessor_config.json");
});

test("patches are read and pinned by the keyboard", async ({ explorer, page }) => {
  await open(explorer);
  await thumbnail(explorer).focus();
  await page.keyboard.press("ArrowRight"); // enters at the first
  await expect(thumbnail(explorer)).toHaveAttribute("aria-valuetext", "r1c1");
  for (const key of ["ArrowDown", "ArrowDown", "ArrowRight"]) await page.keyboard.press(key);
  await expect(thumbnail(explorer)).toHaveAttribute("aria-valuetext", "r3c2");
  await expect(explorer.view.getByTestId("reader")).toContainText("What r3c2 looks at");
  await page.keyboard.press("Enter");
  await expect(explorer.inspector).toContainText("Pinned token, position 10");
  await page.keyboard.press("Escape");
  await expect(explorer.inspector).toContainText(/No token pinned|Token, position/);
});

for (const theme of ["light", "dark"])
  test(`axe finds nothing wrong where views lie over an image, ${theme}`, async ({ explorer, page }) => {
    await explorer.open(`theme=${theme}`);
    await explorer.dropModel(model, "ViT for images");
    const wrong = async () =>
      (await new AxeBuilder({ page }).analyze()).violations.map(({ id, nodes }) => `${id} ${nodes[0]!.target}`);
    await expect(field(explorer)).toBeVisible();
    expect(await wrong(), "no image yet").toEqual([]);
    await explorer.drop(file());
    await explorer.settled();
    for (const [key, name] of [
      ["1", /mean of 4 heads/],
      ["4", /Rollout/],
      ["5", /^What each patch counts/],
      ["6", /one patch at a time/],
      ["7", /^What each patch counts/],
    ] as const) {
      await page.keyboard.press(key);
      await expect(explorer.view.getByRole("slider", { name }).first()).toBeVisible();
      expect(await wrong(), `view ${key}`).toEqual([]);
    }
    await page.keyboard.press("2");
    await explorer.cell(1, 2).click();
    await expect(explorer.inspector.getByRole("slider", { name: /head 1\.2/ })).toBeVisible();
    await explorer.measured();
    expect(await wrong(), "Model").toEqual([]);
  });

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 });

  test("nothing scrolls sideways, and a tap pins a patch", async ({ explorer, page }) => {
    await explorer.open();
    const picker = await explorer.openPicker();
    const choosing = page.waitForEvent("filechooser");
    await picker.getByText("Choose a folder").click();
    await (await choosing).setFiles(model);
    await expect(field(explorer)).toContainText("Drop an image on the page");
    await page.getByLabel("Image file").setInputFiles(file());
    await explorer.settled();
    const wide = () => page.evaluate(() => document.documentElement.scrollWidth);
    expect(await wide()).toBeLessThanOrEqual(390);
    const map = explorer.view.getByRole("slider").first();
    const at = await over(map, 3, 3);
    await page.touchscreen.tap(at.x, at.y);
    await expect(explorer.view.getByTestId("reader")).toContainText("What r3c3 looks at");
    await page
      .getByRole("button", { name: /Explain/ })
      .first()
      .click();
    await expect(explorer.view.getByRole("slider", { name: /^What each patch counts/ })).toBeVisible();
    expect(await wide()).toBeLessThanOrEqual(390);
    for (const title of ["Occlusion", "Compare"]) {
      await page
        .getByRole("button", { name: /Explain/ })
        .first()
        .click();
      await expect(explorer.view.getByRole("heading", { name: title, exact: true })).toBeVisible();
    }
    await expect(explorer.view.getByRole("slider", { name: /^What each patch counts/ }).nth(1)).toBeVisible();
    expect(await wide()).toBeLessThanOrEqual(390);
  });
});
