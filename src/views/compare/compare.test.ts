import { beforeAll, describe, expect, test } from "vitest";
import { METHOD_IDS, type MethodId } from "../../store/method-ids";
import { writeCsv } from "../shared/csv";
import { unitsFor } from "../shared/explaining";
import { uiWidth } from "../shared/marks";
import { nounOf } from "../shared/noun";
import { palettes } from "../shared/palette";
import type { Mark } from "../shared/scene";
import { writeSvg } from "../shared/svg";
import { explained } from "../testing/explained";
import { estimate, passesText } from "./estimate";
import { compareFigure, compareTable } from "./figure";
import { guideOf } from "./guide";
import { compare } from "./index";
import { markedUnits, paraphrasePasses, plausibilityIn } from "./judged";
import { matrixAt, matrixLayout } from "./layout";
import { matrixMarks } from "./matrix";
import { agreement, byCost, chosen, disagreements, measured, resultsIn, rowsOf, summary } from "./picture";
import { rhoAt, rhoLayout, rhoMarks } from "./rho";
import type { MethodRow } from "./rows";
import { placeLabels, scatterMarks } from "./scatter";

const ids: readonly MethodId[] = [
  "raw-attention",
  "gradient-x-input",
  "integrated-gradients",
  "leave-one-out",
  "random",
];
let made: Awaited<ReturnType<typeof explained>>;
beforeAll(async () => {
  made = await explained("So underwritten, but so charming.", ids);
  made.actions.change("compare", { methods: ids });
});

const noPicture = (): string => {
  throw new Error("a picture in a figure of cells");
};
const texts = (marks: readonly Mark[]): string[] => marks.flatMap((mark) => (mark.kind === "text" ? [mark.text] : []));
const rects = (marks: readonly Mark[]) => marks.flatMap((mark) => (mark.kind === "rect" ? [mark] : []));

test("the figure as a file: rows, correlations, faithfulness over cost", async () => {
  const state = { ...made.state(), pinned: { side: "query", index: 2 } as const };
  const scene = compareFigure(state, made.shown, palettes.light, 1000)!;
  await expect(writeSvg(scene, noPicture)).toMatchFileSnapshot("../testing/compare.svg");
  expect(texts(scene.marks)).toEqual(expect.arrayContaining(["Raw attention", "Integrated gradients", "top three"]));
});

test("without an answer only methods that ask for none take part; what came with a trace does until it is left out", () => {
  const state = made.state();
  const mine = { ...state.methods[0]!, id: "mine", family: "given", targetless: true } as const;
  const compared = (leftOut: readonly string[], task: "features" | "text-classification") =>
    chosen({
      model: { ...state.model!, task },
      methods: [mine, ...state.methods],
      own: { ...state.own, compare: { ...state.own.compare, leftOut } },
    }).map(({ id }) => id);
  expect(compared([], "text-classification")).toEqual(["mine", ...ids]);
  expect(compared([], "features")).toEqual(["mine", "raw-attention"]);
  expect(compared(["mine"], "features")).toEqual(["raw-attention"]);
});

test("rows stand in two groups, those without a sign first, in the methods' order", () => {
  const units = unitsFor(made.shown, "token");
  const layout = matrixLayout(700, units, rowsOf(made.state()));
  expect(layout.rows.map(({ row }) => row.id)).toEqual([
    "raw-attention",
    "random",
    "gradient-x-input",
    "integrated-gradients",
    "leave-one-out",
  ]);
  expect(layout.captions.map(({ signed }) => signed)).toEqual([false, true]);
  const first = layout.rows[0]!;
  expect(matrixAt(layout, units.length, layout.cell * 2.5, first.y + 3)).toEqual({ row: first.row, unit: 2 });
  expect(matrixAt(layout, units.length, layout.cell * 2.5, 2)).toEqual({ row: null, unit: 2 });
  expect(matrixAt(layout, units.length, layout.cell * units.length + 1, first.y)).toBeNull();
});

test("a negative cell carries a dash; a row that waits has a line and no cells", () => {
  const units = unitsFor(made.shown, "token");
  const row = (id: string, values: number[] | null): MethodRow => ({
    ...{ id, label: id, signed: true, state: values ? "done" : "waiting", values, progress: null, told: null },
  });
  const values = units.map((_, i) => (i === 2 ? -1 : i === 3 ? 0.5 : 0));
  const layout = matrixLayout(700, units, [row("a", values), row("b", null)]);
  const marks = matrixMarks(layout, units, palettes.light, { pinned: null, hovered: null });
  expect(rects(marks).filter(({ height }) => height === 1.6)).toHaveLength(1);
  expect(rects(marks).filter(({ height }) => height === 23)).toHaveLength(units.length);
  expect(marks.filter(({ kind }) => kind === "curve")).toHaveLength(1);
});

test.each([5, 40, 120, 512])("%i tokens: cells are never too narrow, and labels give way", (count) => {
  const units = Array.from({ length: count }, (_, i) => ({
    ...{ label: `token${i}`, mark: "", from: i, to: i + 1, special: false, segment: 0 },
  }));
  const layout = matrixLayout(600, units, rowsOf(made.state()));
  expect(layout.cell).toBeGreaterThanOrEqual(count > 400 ? 4 : 13);
  expect(layout.cell).toBeLessThanOrEqual(44);
  expect(layout.size > 0).toBe(count <= 400);
  expect(layout.width).toBeGreaterThanOrEqual(layout.cell * count);
});

test("ρ below, p above; what isn't significant is dashed and has no colour", () => {
  const given = {
    labels: ["a", "b", "c"],
    rho: [
      [1, 0.9, null],
      [0.9, 1, -0.8],
      [null, -0.8, 1],
    ],
    p: [
      [null, 0.001, null],
      [0.001, null, 0.2],
      [null, 0.2, null],
    ],
  };
  const layout = rhoLayout(300, 3, 40);
  const marks = rhoMarks(layout, given, palettes.light, null);
  expect(texts(marks)).toEqual(["a", ".001", "–", "b", ".90", ".200", "c", "–", "−.80"]);
  expect(rects(marks).filter(({ width }) => width === layout.cell - 1)).toHaveLength(1);
  expect(marks.filter((mark) => mark.kind === "curve" && mark.dash)).toHaveLength(8);
  expect(rhoAt(layout, 3, 41, 26)).toEqual([1, 0]);
  expect(rhoAt(layout, 3, 41, 2)).toBeNull();
});

test("the matrix is the comparison's own", () => {
  const { labels, rho } = agreement(made.state())!;
  expect(labels).toHaveLength(5);
  for (const [i, row] of rho.entries()) for (const [j, value] of row.entries()) expect(value).toBe(rho[j]![i]);
});

describe("faithfulness over cost", () => {
  const spread = (median: number, by = 0) => ({ median, least: median - by, most: median + by });
  const point = (id: string, ms: number, value: number, by = 0) => ({
    ...{ id, label: id, signed: true, ms: spread(ms, ms * by), faithfulness: spread(value, by) },
  });

  test("labels stand beside their dots and over none of each other", () => {
    const dots = Array.from({ length: 12 }, (_, i) => ({ x: 100 + i * 9, y: 60 + (i % 3) * 8, label: `method ${i}` }));
    const boxes = placeLabels(dots, { x: 0, y: 0, width: 500, height: 300 });
    for (const [i, a] of boxes.entries())
      for (const b of boxes.slice(i + 1)) {
        const apart = a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
        expect(apart).toBe(true);
      }
  });

  test("labels that had to go farther off have a line to their dots, and still meet nothing", () => {
    const many = Array.from({ length: 26 }, (_, i) => point(`some method ${i}`, 3 + (i % 4), 0.4 + (i % 5) / 100));
    const marks = scatterMarks(many, 0.1, { width: 520, height: 262 }, palettes.light, null);
    const labels = marks.flatMap((mark) => (mark.kind === "text" && mark.text.startsWith("some") ? [mark] : []));
    expect(labels).toHaveLength(26);
    const size = { width: uiWidth("some method 10", 11.5), height: 13 };
    for (const [i, a] of labels.entries())
      for (const b of labels.slice(i + 1)) {
        const apart = Math.abs(a.y - b.y) >= size.height || Math.abs(a.x - b.x) >= size.width - 8;
        expect(apart, `${a.text} and ${b.text}`).toBe(true);
      }
    const few = scatterMarks(many.slice(0, 1), 0.1, { width: 520, height: 262 }, palettes.light, null);
    const lines = (of: readonly Mark[]) => of.filter((mark) => mark.kind === "curve" && !mark.dash).length;
    expect(lines(marks) - lines(few)).toBeGreaterThan(10);
  });

  test("random removal is a line; what was measured more than once has its range", () => {
    const once = scatterMarks([point("a", 10, 0.4)], 0.1, { width: 400, height: 260 }, palettes.light, null);
    const often = scatterMarks([point("a", 10, 0.4, 0.2)], 0.1, { width: 400, height: 260 }, palettes.light, null);
    expect(texts(once)).toContain("removing tokens at random, 0.10");
    const lines = (marks: readonly Mark[]) => marks.filter(({ kind }) => kind === "curve").length;
    expect(lines(often) - lines(once)).toBeGreaterThanOrEqual(2);
  });

  test("a dot a method that was measured, one text each time", async () => {
    expect(measured(made.state())).toMatchObject({ texts: 1 });
    expect(measured(made.state()).points.map(({ id }) => id)).toEqual(ids);
    const { measuring } = made.state();
    const result = measuring?.status === "done" ? measuring.result : null;
    expect(measured(made.state()).random).toBe(result!.random.mean.comprehensiveness);
    for (const [i, { faithfulness }] of measured(made.state()).points.entries())
      expect(faithfulness.median).toBe(result!.methods[i]!.mean.comprehensiveness);
  });
});

test("the sentence counts who puts what first, and names who agrees least; the baseline isn't asked", () => {
  const said = summary(made.state(), unitsFor(made.shown, "token"), nounOf(made.shown, "token"));
  expect(said).toMatch(
    /^\d of 4 methods put \S+ first\. Median rank agreement ρ −?0\.\d\d over 8 tokens; .+ agrees least/,
  );
  expect(said).not.toContain("Random");
  for (const { high, low } of disagreements(made.state())) {
    expect(high.rank).toBeLessThan(low.rank);
    expect([high.method, low.method]).not.toContain("Random");
  }
});

test("a method that failed says why in its row, and the rest goes on", () => {
  const state = made.state();
  const failure = { code: "run", message: "no gradient: Einsum (/layer.0/attn)" } as const;
  const explanations = {
    ...state.explanations,
    "gradient-x-input": { method: "gradient-x-input", options: {}, status: "failed", failure } as const,
  };
  const row = rowsOf({ ...state, explanations }).find(({ id }) => id === "gradient-x-input")!;
  expect(row).toMatchObject({ state: "failed", told: failure.message, values: null });
  expect(resultsIn({ ...state, explanations })).toHaveLength(4);
  expect(texts(compareFigure({ ...state, explanations }, made.shown, palettes.dark, 1000)!.marks)).toContain(
    failure.message,
  );
});

test("the table has a row a method and unit", () => {
  const table = compareTable(made.state(), made.shown)!;
  const rows = [...table.rows()];
  expect(rows).toHaveLength(table.count);
  expect(rows).toHaveLength(5 * unitsFor(made.shown, "token").length);
  expect(writeCsv(table.header, rows).split("\r\n")[0]).toBe("method,position,token,value,top_place");
  expect(rows.filter((row) => row[0] === "random" && row[4] !== "")).toHaveLength(3);
});

test("passes are told before they are run, cheap methods first", () => {
  expect([estimate("integrated-gradients", 9, { steps: 20 }), estimate("leave-one-out", 9, {})]).toEqual([42, 10]);
  expect(estimate("exact-shapley", 10, {})).toBe(1024);
  expect([passesText(0), passesText(1000), passesText(null)]).toEqual(["no further pass", "about 1,000 passes", ""]);
  for (const id of METHOD_IDS) expect(estimate(id, 9, {})).not.toBeNull();
  const order = byCost(made.state(), 7);
  expect(order.at(-1)).toBe("integrated-gradients");
  expect(order[0]).toBe("raw-attention");
});

test("the guide names methods that there are, and never attention as an explanation", () => {
  for (const { methods, why, beware } of guideOf(false)) {
    for (const id of methods) expect(METHOD_IDS).toContain(id);
    expect(methods).not.toContain("raw-attention");
    expect(why.length + beware.length).toBeGreaterThan(80);
  }
});

test("what a person marked is held against each method, and is in the table", () => {
  const { actions, shown } = made;
  const units = unitsFor(shown, "token");
  const players = units.flatMap(({ special }, i) => (special ? [] : [i]));
  const shapley = resultsIn(made.state())[2]!;
  const first = players.reduce((best, i) => (shapley.values[i]! > shapley.values[best]! ? i : best), players[0]!);
  expect(plausibilityIn(made.state(), shown)).toBeNull();
  actions.mark([units[first]!.from]);
  try {
    expect(markedUnits(made.state(), shown)).toEqual([first]);
    const found = plausibilityIn(made.state(), shown)!;
    expect(found.marked).toEqual([first]);
    expect(found.methods.map(({ method }) => method)).toEqual(resultsIn(made.state()).map(({ method }) => method));
    expect(found.methods[2]).toMatchObject({ auprc: 1, f1: 1 });
    const table = compareTable(made.state(), shown)!;
    const rows = [...table.rows()];
    expect(table.header.at(-1)).toBe("marked");
    expect(rows.filter((each) => each.at(-1) === 1)).toHaveLength(resultsIn(made.state()).length);
    compare.keys!(made).k!(); // nothing is pinned or hovered
    expect(markedUnits(made.state(), shown)).toEqual([first]);
    actions.hover({ side: "query", index: units[first]!.from });
    compare.keys!(made).k!();
    expect(markedUnits(made.state(), shown)).toEqual([]);
  } finally {
    actions.hover(null);
    actions.clearMarks();
  }
});

test("passes that paraphrases take are told before they are run", () => {
  const words = 6; // So underwritten , but so charming .
  const each = ids.map((id) => estimate(id, words + 1, {})!);
  const sum = each.reduce((a, b) => a + b, 0);
  expect(paraphrasePasses(made.state(), made.shown, 2)).toBe(2 + 3 * sum);
});
