import { expect, test } from "vitest";
import { encoder, passOf } from "../testing/pictures";
import { planFor } from "./on-screen";

test("a text is read once, however what is chosen is written down: what was drawn beforehand is found again", async () => {
  const pass = await passOf(encoder, "The plot is underwritten, but the cast is charming.");
  const chosen = planFor(pass.shown, 0, { mergeWords: true, hideSinks: false, filter: "all" });
  expect(planFor(pass.shown, 0, { filter: "all", hideSinks: false, mergeWords: true })).toBe(chosen);
  expect(planFor(pass.shown, 0, { mergeWords: false, hideSinks: false, filter: "all" })).not.toBe(chosen);
});
