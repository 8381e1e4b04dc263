import { expect, test } from "./fixtures";

const link = "text=the+cast+is+so+charming&layer=1";
const ground = { light: "rgb(244, 245, 246)", dark: "rgb(14, 16, 19)" };

test("the page is as dark as the system, and follows it", async ({ explorer, page }) => {
  await page.emulateMedia({ colorScheme: "dark" });
  await explorer.open(link);
  await expect(page.locator("body")).toHaveCSS("background-color", ground.dark);
  const dark = await explorer.lines();
  await page.emulateMedia({ colorScheme: "light" });
  await expect(page.locator("body")).toHaveCSS("background-color", ground.light);
  await expect.poll(() => explorer.lines()).not.toBe(dark);
});

test("a theme that is chosen holds over visits; a link's theme goes before it", async ({ explorer, page }) => {
  await explorer.open(link);
  await page.getByRole("button", { name: "Theme: as the system" }).click();
  await page.getByRole("button", { name: "Theme: light" }).click();
  await expect(page.locator("body")).toHaveCSS("background-color", ground.dark);
  await page.goto("about:blank");
  await explorer.open(link);
  await expect(page.locator("body")).toHaveCSS("background-color", ground.dark);
  await page.goto("about:blank");
  await explorer.open(`${link}&theme=light`);
  await expect(page.locator("body")).toHaveCSS("background-color", ground.light);
});

/** What moves on the page: animations, and transitions that any element would make. */
const motion = () => {
  const slow = [...document.querySelectorAll("*")].filter((element) =>
    getComputedStyle(element)
      .transitionDuration.split(",")
      .some((duration) => Number.parseFloat(duration) > 0),
  );
  return { running: document.getAnimations().length, slow: slow.length };
};

test("nothing moves where less motion is wanted", async ({ explorer, page }) => {
  const release = await explorer.hold(/\.onnx$/);
  await explorer.visit(link);
  await expect(explorer.status.getByRole("progressbar")).toBeVisible();
  const before = await page.evaluate(motion);
  expect(before.slow).toBeGreaterThan(0);
  await page.emulateMedia({ reducedMotion: "reduce" });
  expect(await page.evaluate(motion)).toEqual({ running: 0, slow: 0 });
  release();
  await explorer.settled();
  const hold = await explorer.holdRuns();
  await explorer.type("another text");
  await expect(explorer.plot).toHaveAttribute("aria-busy", "true");
  expect(await page.evaluate(motion)).toEqual({ running: 0, slow: 0 });
  await hold();
});
