import { beforeAll, describe, expect, test } from "vitest";
import type { HeadScores } from "../../worker/protocol";
import { column } from "../heads/on-screen";
import { palettes } from "../shared/palette";
import type { HeadReading, Plan } from "../shared/reading";
import { decoder, encoder, passOf, picture } from "../testing/pictures";
import { explain, nameOf, tellingRow, type Words } from "./explain";
import { modelFigure, modelTable } from "./figure";
import { badgeOf, gridOf, LABELS, pixelsOf, weightsOf } from "./grid";
import { brief, matrixAt, matrixLayout, matrixMarks, poolLargest } from "./matrix";

let mary: Awaited<ReturnType<typeof passOf>>;
beforeAll(async () => {
  mary = await passOf(decoder, "When Mary and John went, John gave");
});

const scores: HeadScores = {
  site: 0,
  head: 0,
  previous: 0,
  next: 0,
  first: 0.1,
  separator: 0,
  same: 0,
  duplicate: 0,
  induction: 0,
  entropy: 1,
  evenEntropy: 2.5,
};

const told = (words: Words): string =>
  words.map((word) => (typeof word === "string" ? word : `‹${word.token}›`)).join("");

/** Attention that is even but for some pairs. */
function readingOf(plan: Plan, strong: readonly [number, number, number][]): HeadReading {
  const units = plan.units.length;
  const weights = new Float32Array(units * units).fill(0.01);
  for (const [query, key, weight] of strong) weights[query * units + key] = weight;
  const each = new Float32Array(units);
  return { rows: units, columns: units, weights, held: each, outside: each, rest: each };
}

describe("what a head does", () => {
  // When Mary and John went , John gave
  test.each([
    [
      "induction",
      { induction: 0.8 },
      [
        [6, 4, 0.7],
        [3, 2, 0.9],
      ],
      "the second ‹John› looks at ‹went›",
    ],
    [
      "duplicate",
      { duplicate: 0.8 },
      [
        [6, 3, 0.7],
        [3, 2, 0.9],
      ],
      "the second ‹John› looks at the first ‹John›",
    ],
    [
      "previous",
      { previous: 0.8 },
      [
        [2, 1, 0.7],
        [3, 0, 0.9],
      ],
      "‹and› looks at ‹Mary›",
    ],
    [
      "same",
      { same: 0.8 },
      [
        [1, 1, 0.7],
        [3, 0, 0.9],
      ],
      "‹Mary› looks at ‹Mary›",
    ],
  ] as const)("%s is shown by the strongest weight of its kind", (_, more, strong, sentence) => {
    const { plan } = picture(mary, 0, [0]);
    const reading = readingOf(
      plan,
      strong.map(([q, k, w]) => [q, k, w]),
    );
    expect(told(explain({ ...scores, ...more }, reading, plan))).toContain(sentence);
    expect(tellingRow({ ...scores, ...more }, reading, plan)).toBe(strong[0][0]);
  });

  test("a sink and a broad head are told by their measures, others by their strongest link", () => {
    const { plan } = picture(mary, 0, [0]);
    const reading = readingOf(plan, [[6, 1, 0.6]]);
    expect(told(explain({ ...scores, first: 0.63 }, reading, plan))).toContain("63% goes to the first token");
    expect(told(explain({ ...scores, entropy: 2.4 }, reading, plan))).toContain("2.40 bits of 2.50");
    expect(told(explain(scores, reading, plan))).toBe(
      "No measured pattern reaches its threshold. Strongest here: the second ‹John› looks at ‹Mary› (0.60).",
    );
    expect(tellingRow(undefined, reading, plan)).toBe(7);
  });

  test("a pattern that the text has no place for is said so", async () => {
    const pass = await passOf(decoder, "a b c");
    const { plan } = picture(pass, 0, [0]);
    expect(told(explain({ ...scores, induction: 0.9 }, readingOf(plan, []), plan))).toContain("no place for it");
  });

  test("equal tokens are counted", () => {
    const { plan } = picture(mary, 0, [0]);
    expect([3, 6, 1].map((unit) => nameOf(plan, unit).which)).toEqual(["first", "second", null]);
  });
});

describe("grid", () => {
  test("cells are as large as fits, and never too small or too large", () => {
    expect(gridOf(mary.shown.model, 720, 640).pitch).toBe(Math.floor((720 - LABELS) / 10));
    expect(gridOf(mary.shown.model, 2000, 640).pitch).toBe(96);
    expect(gridOf(mary.shown.model, 2000, 120).pitch).toBe(48);
    expect(gridOf(mary.shown.model, 300, 640).pitch).toBe(Math.floor((300 - LABELS) / 10));
    expect(gridOf(mary.shown.model, 100, 100).pitch).toBe(22);
    expect(gridOf(mary.shown.model, 720, 640)).toMatchObject({ rows: 2, columns: 10, cell: 64 });
  });

  test("short texts are read whole, so that words and sinks are exact in thumbnails too", () => {
    const { shown, attention } = mary;
    const kept = weightsOf(attention, { shown, size: 46, hideSinks: false, mergeWords: false }, 1, 3);
    const left = weightsOf(attention, { shown, size: 46, hideSinks: true, mergeWords: false }, 1, 3);
    expect(kept).toMatchObject({ rows: 8, columns: 8 });
    for (let row = 0; row < 8; row++) expect(left!.weights[row * 8]).toBe(0);
    expect(weightsOf(attention, { shown, size: 4, hideSinks: false, mergeWords: false }, 1, 3)).toBeNull();
  });

  test("what comes later stays clear, weights have the scale's colours", () => {
    const pixels = pixelsOf({ rows: 2, columns: 2, weights: Float32Array.of(1, 0.5, 0, 1) }, palettes.light, true);
    expect([...pixels.slice(0, 4)]).toEqual([8, 48, 107, 255]);
    expect(pixels[7]).toBe(0);
    expect(pixels[11]).toBe(255);
  });

  test("a badge that is switched off gives way to the next", () => {
    const both = [{ ...scores, induction: 0.9, first: 0.9 }];
    expect(badgeOf(both, [], 0, 0)?.badge).toBe("I");
    expect(badgeOf(both, ["induction"], 0, 0)?.badge).toBe("S");
    expect(badgeOf(both, ["induction", "sink"], 0, 0)).toBeNull();
    expect(badgeOf(null, [], 0, 0)).toBeNull();
  });
});

describe("matrix", () => {
  const units = (count: number) =>
    Array.from({ length: count }, (_, i) => ({
      label: `t${i}`,
      mark: "",
      from: i,
      to: i + 1,
      special: false,
      segment: 0,
    }));

  test.each([3, 14, 23, 40, 64, 200, 512])("%i tokens fit their width", (count) => {
    const layout = matrixLayout(500, units(count), units(count));
    expect(layout.left + layout.cell * count).toBeLessThanOrEqual(501);
    expect(layout.cell).toBeLessThanOrEqual(29);
    expect(layout.size > 0).toBe(layout.cell >= 9);
    const middle = { x: layout.left + layout.cell * 1.5, y: layout.top + layout.cell * 2.5 };
    expect(matrixAt(layout, middle.x, middle.y)).toEqual({ row: 2, column: 1 });
    expect(matrixAt(layout, layout.left - 5, middle.y)).toEqual({ row: 2, column: null });
    expect(matrixAt(layout, middle.x, layout.top - 5)).toBeNull();
  });

  test("pooling keeps the largest of each block", () => {
    const weights = Float32Array.of(0, 0.1, 0.2, 0.9, 0, 0, 0, 0, 0.3);
    expect(poolLargest({ rows: 3, columns: 3, weights }, 3)).toMatchObject({ block: 1, weights });
    expect(poolLargest({ rows: 3, columns: 3, weights }, 2)).toEqual({
      block: 2,
      rows: 2,
      columns: 2,
      weights: Float32Array.of(0.9, 0.2, 0, 0.3),
    });
  });

  test("numbers are printed where there is room, for weights that are drawn", () => {
    const { plan, heads } = picture(mary, 1, [1]);
    const [queries, keys] = [column(plan, "query"), column(plan, "key")];
    const parts = { reading: heads[0]!.reading, queries, keys, causal: true, left: keys.map(() => false) };
    const nothing = { pinned: null, hovered: null, pinnedKey: null, hoveredKey: null };
    const marks = matrixMarks(matrixLayout(500, queries, keys), palettes.light, parts, nothing, 1000);
    const printed = marks.flatMap((mark) => (mark.kind === "text" && /^(\.\d\d|1\.0)$/.test(mark.text) ? [mark] : []));
    expect(printed).toHaveLength([...parts.reading.weights].filter((weight) => weight >= 0.05).length);
    const rects = marks.filter(({ kind }) => kind === "rect");
    expect(rects).toHaveLength((8 * 9) / 2);
    expect([0.676, 0.996, 0.05].map(brief)).toEqual([".68", "1.0", ".05"]);
  });
});

test("the figure of all heads has a thumbnail each, and the open one large", () => {
  const open = picture(mary, 1, [3]);
  const looks = {
    badgesOff: [],
    pinned: null,
    hideSinks: { heads: true, model: false },
    mergeWords: false,
    opened: { site: 1, head: 3 },
  };
  const alone = modelFigure(
    { shown: mary.shown, open: null },
    { ...looks, opened: null },
    palettes.dark,
    mary.attention,
  );
  const both = modelFigure({ shown: mary.shown, open }, looks, palettes.dark, mary.attention);
  expect(alone.marks.filter(({ kind }) => kind === "picture")).toHaveLength(20);
  expect(both.width).toBeGreaterThan(alone.width + 400);
  expect(both.marks.some((mark) => mark.kind === "text" && mark.text.startsWith("Head 1.3"))).toBe(true);
});

test("the table has every head's scores, or the open head's weights", async () => {
  const table = modelTable({ shown: mary.shown, open: null }, { pinned: null });
  expect(table.count).toBe(20);
  expect([...table.rows()][13]!.slice(0, 2)).toEqual([1, 3]);
  const open = modelTable({ shown: mary.shown, open: picture(mary, 1, [3]) }, { pinned: null });
  expect(open.count).toBe(64);
  const { shown } = await passOf(encoder, "a b");
  expect([...modelTable({ shown, open: null }, { pinned: null }).rows()][0]![6]).toBe("");
});
