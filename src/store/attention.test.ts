import { expect, test } from "vitest";
import type { AttentionSlice } from "../worker/protocol";
import { AttentionCache } from "./attention";

const slice = (site: number, heads: readonly number[], side: number): AttentionSlice => ({
  site,
  heads,
  rows: side,
  columns: side,
  data: Uint16Array.from({ length: heads.length * side * side }, (_, i) => heads[Math.floor(i / (side * side))]!),
});

function cache(limit?: number) {
  const calls: unknown[][] = [];
  const made = new AttentionCache(async (...request) => {
    calls.push(request);
    const [, site, heads, size] = request;
    return slice(site, heads, size ?? 4);
  }, limit);
  return { made, calls };
}

test("reads only the heads that are missing, in one slice", async () => {
  const { made, calls } = cache();
  const at = { trace: 1, site: 2, tokens: 4 };
  await made.fetch({ ...at, heads: [0, 1] });
  await made.fetch({ ...at, heads: [0, 1, 2, 3] });
  await made.fetch({ ...at, heads: [3] });
  expect(calls).toEqual([
    [1, 2, [0, 1]],
    [1, 2, [2, 3]],
  ]);
  expect(made.peek(at, 3)).toMatchObject({ rows: 4, columns: 4, data: new Uint16Array(16).fill(3) });
});

test("two requests at once share what is on its way", async () => {
  const { made, calls } = cache();
  const at = { trace: 1, site: 0, tokens: 4 };
  await Promise.all([made.fetch({ ...at, heads: [0] }), made.fetch({ ...at, heads: [0, 1] })]);
  expect(calls.map(([, , heads]) => heads)).toEqual([[0], [1]]);
});

test("a size that holds the text shares the entry without one; a smaller one pools", async () => {
  const { made, calls } = cache();
  await made.fetch({ trace: 1, site: 0, heads: [0], tokens: 4, size: 46, leaveOut: [0] });
  await made.fetch({ trace: 1, site: 0, heads: [0], tokens: 4 });
  await made.fetch({ trace: 2, site: 0, heads: [0], tokens: 99, size: 2, leaveOut: [0] });
  expect(calls).toEqual([
    [1, 0, [0]],
    [2, 0, [0], 2, [0]],
  ]);
  expect(made.peek({ trace: 2, site: 0, tokens: 99, size: 2, leaveOut: [0] }, 0)).toMatchObject({ rows: 2 });
  expect(made.peek({ trace: 2, site: 0, tokens: 99, size: 2 }, 0)).toBeUndefined();
});

test("drops what was used longest ago, never what is asked for", async () => {
  const { made, calls } = cache(3 * 32);
  const at = { trace: 1, tokens: 4 };
  await made.fetch({ ...at, site: 0, heads: [0, 1] });
  await made.fetch({ ...at, site: 1, heads: [0] });
  await made.fetch({ ...at, site: 0, heads: [0] });
  await made.fetch({ ...at, site: 2, heads: [0] });
  expect(made.bytes).toBe(96);
  expect(made.peek({ ...at, site: 0 }, 0)).toBeDefined();
  expect(made.peek({ ...at, site: 0 }, 1)).toBeUndefined();
  await made.fetch({ ...at, site: 3, heads: [0, 1, 2, 3, 4] });
  for (const head of [0, 1, 2, 3, 4]) expect(made.peek({ ...at, site: 3 }, head)).toBeDefined();
  expect(calls).toHaveLength(4);
});

test("a failed read is asked for again", async () => {
  let fail = true;
  const made = new AttentionCache(async (_, site, heads) => {
    if (fail) throw new Error("no device");
    return slice(site, heads, 4);
  });
  const request = { trace: 1, site: 0, heads: [0], tokens: 4 };
  await expect(made.fetch(request)).rejects.toThrow("no device");
  fail = false;
  await made.fetch(request);
  expect(made.peek(request, 0)).toBeDefined();
});
