import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeModel } from "../src/cli/bench/models";
import { type Explorer, expect, test } from "./fixtures";

const TOKENS = 512;
/** What the page holds for a person who looks, whatever the number of tokens and heads. */
const MOST = 2000;

const nodes = (explorer: Explorer): Promise<number> =>
  explorer.page.evaluate(() => document.querySelectorAll("*").length);

test("24 × 16 heads over 512 tokens: Neuron and Rollout hold no more nodes than for a sentence", async ({
  explorer,
  page,
}) => {
  const root = mkdtempSync(join(tmpdir(), "attention-explorer-long-"));
  try {
    const { folder } = writeModel(root, "heads-24x16");
    await explorer.open();
    await explorer.dropModel(folder, "heads-24x16");
    await explorer.explain(Array.from({ length: TOKENS }, (_, i) => 10 + ((7 * i) % 1900)).join(" "));

    await page.keyboard.press("3");
    await expect(explorer.view.getByTestId("adds-up")).toContainText("to within");
    expect(await nodes(explorer)).toBeLessThan(MOST);
    const queries = explorer.view.getByRole("list", { name: "Queries" }).getByRole("button");
    await expect(queries.first()).toHaveAccessibleName(/position 0, query$/);
    // The last token is reached by the arrow keys' way, and the rows around it are what is there.
    await page.evaluate(() => document.querySelector(".neuron-frame .plot")!.scrollTo(0, 1e6));
    await expect(queries.last()).toHaveAccessibleName(/position 511, query$/);
    expect(await queries.count()).toBeLessThan(100);
    expect(await nodes(explorer)).toBeLessThan(MOST);

    await page.keyboard.press("4");
    const maps = page.locator(".map canvas");
    await expect(maps).toHaveCount(2, { timeout: 240_000 });
    await expect(explorer.status).toContainText(`of ${TOKENS} tokens`, { timeout: 240_000 });
    const box = (await maps.first().boundingBox())!;
    await page.mouse.move(box.x + box.width * 0.6, box.y + box.height * 0.8);
    await expect(page.getByRole("tooltip")).toContainText("raw");
    expect(await nodes(explorer)).toBeLessThan(MOST);
  } finally {
    rmSync(root, { recursive: true });
  }
});
