import { beforeAll, expect, test } from "vitest";
import { palettes } from "../shared/palette";
import { decoder, encoder, passOf, picture } from "../testing/pictures";
import {
  barMarks,
  barScale,
  eachLineIn,
  focusMarks,
  linesAt,
  notDrawnSentence,
  rowMiddle,
  rowOf,
  rowsIn,
  rowsOf,
  sharesOf,
  stubMarks,
} from "./draw";
import { layoutOf, rowHeight } from "./layout";
import { column } from "./on-screen";

let pass: Awaited<ReturnType<typeof passOf>>;
let pair: Awaited<ReturnType<typeof passOf>>;
beforeAll(async () => {
  pass = await passOf(encoder, "The plot is underwritten, but the cast is charming.");
  pair = await passOf(encoder, "Is it good?", "It is a marvellous film.");
});

const layoutFor = (of: ReturnType<typeof picture>, width = 996, height = 540) =>
  layoutOf(width, height, { queries: column(of.plan, "query"), keys: column(of.plan, "key") });

test("lines are those of the threshold, and only those of rows on screen are visited", () => {
  const { heads } = picture(pass, 1, [1]);
  const { lines, reading } = heads[0]!;
  const wanted = [...reading.weights].filter((weight) => weight >= 0.05).length;
  let all = 0;
  eachLineIn(lines, [0, reading.rows], () => all++);
  expect(all).toBe(wanted);
  eachLineIn(lines, [2, 4], (query, key) => {
    expect([query, key].some((row) => row === 2 || row === 3)).toBe(true);
  });
  let none = 0;
  eachLineIn(lines, [5, 5], () => none++);
  expect(none).toBe(0);
});

test("a pinned token focuses one side, a hovered one both", () => {
  const { plan, heads } = picture(pass, 1, [1, 3]);
  expect(rowOf(plan, { side: "key", index: 3 })).toEqual({ side: "key", row: 3 });
  expect(rowsOf(plan, { side: "query", index: 3 })).toEqual([
    { side: "query", row: 3 },
    { side: "key", row: 3 },
  ]);
  const { lines } = heads[0]!;
  for (const i of linesAt(lines, [{ side: "query", row: 3 }])) expect(lines.query[i]).toBe(3);
  for (const i of linesAt(lines, [{ side: "key", row: 3 }])) expect(lines.key[i]).toBe(3);
  const both = linesAt(lines, rowsOf(plan, { side: "query", index: 3 }));
  expect(new Set(both).size).toBe(both.length);
});

test("a line's width is eight pixels times its weight, its colour its head's, dashed from the twelfth", () => {
  const shown = picture(pass, 1, [3, 12]);
  const layout = layoutFor(shown);
  const marks = focusMarks(layout, palettes.light, shown.heads, [{ side: "query", row: 4 }], false);
  const weights = shown.heads.flatMap(({ lines }) =>
    linesAt(lines, [{ side: "query", row: 4 }]).map((i) => lines.weight[i]!),
  );
  expect(marks.map(({ width }) => width)).toEqual(weights.map((weight) => 8 * weight).sort((a, b) => b - a));
  for (const { stroke, dash, x0, x1 } of marks) {
    expect([palettes.light.heads[3], palettes.light.heads[0]]).toContain(stroke);
    expect(dash !== undefined).toBe(stroke === palettes.light.heads[0]);
    expect([x0, x1]).toEqual([layout.x0, layout.x1]);
  }
});

test("stubs are as long as what is not drawn, and the focused one says its number", () => {
  const shown = picture(pass, 1, [1, 2], { hideSinks: true });
  const layout = layoutFor(shown);
  const marks = stubMarks(layout, palettes.light, shown.notDrawn, [0, 99], 2);
  const rects = marks.flatMap((mark) => (mark.kind === "rect" ? [mark] : []));
  for (const { x, width, y } of rects) {
    const row = Math.round((y + 3 - layout.top) / layout.row - 0.5);
    expect(width).toBeCloseTo(60 * shown.notDrawn.byRow[row]!, 5);
    expect(x + width).toBeCloseTo(layout.stubs!.right, 5);
  }
  const texts = marks.flatMap((mark) => (mark.kind === "text" ? [mark.text] : []));
  expect(texts).toEqual([`${Math.round(shown.notDrawn.byRow[2]! * 100)}%`]);
});

test("bars add up to the mean that is drawn, in the order of heads, on a round scale", () => {
  const shown = picture(pass, 1, [1, 3, 5]);
  const focus = { side: "query", row: 5 } as const;
  const shares = sharesOf(shown.heads, focus);
  const { columns } = shown.heads[0]!.reading;
  for (let key = 0; key < columns; key++) {
    const drawn = shown.heads.map(({ reading }) => reading.weights[5 * columns + key]!).filter((w) => w >= 0.05);
    expect(shares.total[key]).toBeCloseTo(drawn.reduce((a, b) => a + b, 0) / 3, 6);
  }
  const most = Math.max(...shares.total);
  expect(barScale(shares)).toBeGreaterThanOrEqual(most);
  expect([0.05, 0.1, 0.2, 0.3, 0.5, 1]).toContain(barScale(shares));
  const layout = layoutFor(shown);
  const marks = barMarks(layout, palettes.light, shares, [0, 99]);
  for (const mark of marks) {
    if (mark.kind !== "rect") continue;
    expect(mark.x).toBeGreaterThanOrEqual(layout.bars!.left);
    expect(mark.x + mark.width).toBeLessThanOrEqual(layout.width - 24);
  }
});

test("the sentence names what is left out, with its shares", () => {
  const plain = picture(pass, 1, [1, 3]);
  expect(notDrawnSentence(plain.notDrawn, plain.plan, null)).toMatch(/^Not drawn: \d+% in lines under 5%$/);
  const hidden = picture(pass, 1, [1, 3], { hideSinks: true });
  expect(notDrawnSentence(hidden.notDrawn, hidden.plan, null)).toMatch(
    /^Not drawn: \d+% held by \[CLS\] and \[SEP\], \d+% in lines under 5%; rows rescaled$/,
  );
  const filtered = picture(pair, 1, [1], { pairFilter: "ab" });
  expect(notDrawnSentence(filtered.notDrawn, filtered.plan, "A→B")).toMatch(/\d+% outside A→B, /);
});

test("a causal model's sink is called by what it is", async () => {
  const shown = picture(await passOf(decoder, "When Mary and John went"), 1, [1], { hideSinks: true });
  expect(notDrawnSentence(shown.notDrawn, shown.plan, null)).toContain("held by the first token");
});

test("a filter leaves each column its own rows", () => {
  const { plan, heads } = picture(pair, 0, [0], { pairFilter: "ba" });
  expect(column(plan, "query").every(({ segment }) => segment === 1)).toBe(true);
  expect(column(plan, "key").every(({ segment }) => segment === 0)).toBe(true);
  expect(heads[0]!.reading).toMatchObject({ rows: plan.queries.length, columns: plan.keys.length });
  expect(rowOf(plan, { side: "query", index: 1 })).toBeNull();
  expect(rowsOf(plan, { side: "query", index: 1 })).toEqual([{ side: "key", row: 1 }]);
});

test("columns stand apart in every frame, and rows stay readable", () => {
  const shown = picture(pass, 0, [0]);
  for (const width of [320, 390, 500, 559, 560, 640, 720, 996, 1400, 2000]) {
    const layout = layoutFor(shown, width);
    const { stubs, query, x0, x1, key, bars } = layout;
    expect(query.right).toBeLessThan(x0);
    expect(x1 - x0).toBeGreaterThan(60);
    expect(key.left).toBeGreaterThan(x1);
    if (stubs) expect(stubs.right).toBeLessThan(query.right - query.width);
    expect(bars ? bars.left : width).toBeGreaterThan(key.left + key.width);
  }
  expect(rowHeight(540, 23, false)).toBe(Math.floor((64 * 540) / 23) / 64); // in whole steps of the browser
  expect(rowHeight(540, 512, false)).toBeGreaterThan(18);
  expect(rowHeight(540, 4, false)).toBe(32);
});

test("rows on screen are found from the scroll", () => {
  const layout = { ...layoutFor(picture(pass, 0, [0])), row: 20, top: 10 };
  expect(rowsIn(layout, 0, 100, 50)).toEqual([0, 5]);
  expect(rowsIn(layout, 210, 100, 50)).toEqual([10, 15]);
  expect(rowsIn(layout, 99999, 100, 50)).toEqual([50, 50]);
  expect(rowMiddle(layout, 10)).toBe(220);
});
