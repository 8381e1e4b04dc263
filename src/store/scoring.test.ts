import { expect, test, vi } from "vitest";
import type { ScoringSlice } from "../worker/protocol";
import { ScoringCache } from "./scoring";
import { syntheticScoring } from "./testing/synthetic";

test("a head is read once, by two at once too, and what failed is asked again", async () => {
  const slice = syntheticScoring(["a", "b"], "decoder", 0, 1);
  let fails = true;
  const read = vi.fn(async (): Promise<ScoringSlice> => {
    if (fails) throw new Error("gone");
    return slice;
  });
  const cache = new ScoringCache(read);
  await expect(cache.fetch(1, 0, 1)).rejects.toThrow("gone");
  expect(cache.peek(1, 0, 1)).toBeUndefined();
  fails = false;
  const [one, two] = await Promise.all([cache.fetch(1, 0, 1), cache.fetch(1, 0, 1)]);
  expect([one, two, cache.peek(1, 0, 1)]).toEqual([slice, slice, slice]);
  expect(read).toHaveBeenCalledTimes(2);
});

test("the heads that were looked at last are kept", async () => {
  const read = vi.fn(async (_: number, site: number, head: number) => syntheticScoring(["a"], "encoder", site, head));
  const cache = new ScoringCache(read);
  for (let head = 0; head < 12; head++) {
    await cache.fetch(1, 0, head);
    await cache.fetch(1, 0, 0);
  }
  expect(read).toHaveBeenCalledTimes(12);
  expect(cache.peek(1, 0, 0)).toBeDefined();
  expect(cache.peek(1, 0, 1)).toBeUndefined();
});
