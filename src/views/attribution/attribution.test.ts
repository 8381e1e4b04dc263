import { beforeAll, describe, expect, test } from "vitest";
import type { Attribution } from "../../explain/attribution";
import { initial, type State } from "../../store/state";
import { syntheticMethods } from "../../store/testing/synthetic-methods";
import { writeCsv } from "../shared/csv";
import { duration, figure, fixed, median, passesOf, pValue, rhoValue, strongest } from "../shared/explained";
import { unitsFor } from "../shared/explaining";
import { palettes } from "../shared/palette";
import { flow } from "../shared/shaded";
import { writeSvg } from "../shared/svg";
import { encoder, passOf } from "../testing/pictures";
import { barOf, barScale, placesFor } from "./bars";
import { attributionFigure, attributionTable } from "./figure";
import { fitOf, gapOf, optionsText, pictureOf } from "./picture";

let pass: Awaited<ReturnType<typeof passOf>>;
beforeAll(async () => {
  pass = await passOf(encoder, "So underwritten.");
});

const noPicture = (): string => {
  throw new Error("a picture in a figure of bars");
};

/** A state in which the method that is chosen has said `values`. */
function stateWith(values: readonly number[], more: Partial<Attribution> = {}, over: Partial<State> = {}): State {
  const [base] = syntheticMethods();
  const method = { ...base!, id: "integrated-gradients", label: "Integrated gradients", signed: true };
  const { encoding, target } = pass.shown.result;
  const result: Attribution = {
    ...{ method: method.id, options: { layer: "last" }, target, encoding, values, signed: true },
    units: encoding.ids.map((_, i) => ({ tokens: [i], special: encoding.special[i]! })),
    cost: { forward: 52, backward: 50, ms: 1234 },
    ...more,
  };
  const explanation = { method: method.id, options: result.options, status: "done", result } as const;
  return { ...initial, methods: [method], explanations: { [method.id]: explanation }, ...over };
}

test("options in words; a text that nobody gave is none", () => {
  const [method] = syntheticMethods();
  expect(optionsText(method, { steps: 50, multiply: true, "baseline-text": "" })).toBe("steps 50, multiply on");
  expect(optionsText(method, { "baseline-text": "a film" })).toBe("baseline-text a film");
});

test("the figure as a file: shaded text, bars to both sides, dashes, completeness and cost", async () => {
  const state = stateWith([0.1, 0.5, -1.2, 2.4, 0, -0.05], { completeness: { expected: 1.8, sum: 1.75 } });
  const picture = pictureOf({ ...state, pinned: { side: "query", index: 2 } }, pass.shown)!;
  expect(picture.units.map(({ label }) => label)).toEqual(["[CLS]", "so", "under", "written", ".", "[SEP]"]);
  expect(picture).toMatchObject({ peak: 2.4, pinned: 2, target: "POSITIVE, logit" });
  const scene = attributionFigure(picture, palettes.light, 700);
  await expect(writeSvg(scene, noPicture)).toMatchFileSnapshot("../testing/attribution.svg");
  expect(scene.description).toContain("pinned: under");
});

test("special tokens that are hidden are left out, and their numbers are said", () => {
  const hideSinks = { ...initial.hideSinks, attribution: true };
  const picture = pictureOf(stateWith([0.1, 0.5, -1.2, 2.4, 0, -0.05], {}, { hideSinks }), pass.shown)!;
  expect(picture.units.map(({ label }) => label)).toEqual(["so", "under", "written", "."]);
  expect(picture.values).toEqual([0.5, -1.2, 2.4, 0]);
  expect(picture.notes.at(-1)).toBe("Left out: [CLS] +0.100, [SEP] −0.0500.");
});

test("how well a fitted model fits is said, and warned of where it hardly does", () => {
  expect(fitOf({ r2: 0.916, intercept: 0.1 })).toBe(
    "The linear model explains 92% of what the model said of the inputs with holes (R² 0.92).",
  );
  expect(fitOf({ r2: 0.3, intercept: 0 })).toContain("poor fit");
});

test("values that converge are drawn before they are done", () => {
  const state = stateWith([0, 0, 0, 0, 0, 0]);
  const running = {
    method: "integrated-gradients",
    options: {},
    status: "running" as const,
    done: 10,
    total: 50,
    values: [0, 1, 2, 3, 4, 0],
  };
  const picture = pictureOf({ ...state, explanations: { "integrated-gradients": running } }, pass.shown)!;
  expect(picture.values).toEqual([0, 1, 2, 3, 4, 0]);
  expect(picture.notes).toEqual(["Still converging."]);
  const waiting = { method: "integrated-gradients", options: {}, status: "waiting" } as const;
  expect(pictureOf({ ...state, explanations: { "integrated-gradients": waiting } }, pass.shown)).toBeNull();
});

test("the table has every value, and marks the pinned", () => {
  const state = stateWith([0.1, 0.5, -1.2, 2.4, 0, -0.05], {}, { pinned: { side: "query", index: 3 } });
  const table = attributionTable(pictureOf(state, pass.shown)!);
  const csv = writeCsv(table.header, table.rows()).split("\r\n");
  expect(csv.slice(0, 5)).toEqual([
    "position,token,value,pinned",
    "0,[CLS],0.1,0",
    "1,so,0.5,0",
    "2,under,-1.2,0",
    "3,##written,2.4,1",
  ]);
  expect(table.count).toBe(6);
});

describe("completeness", () => {
  test.each([
    [{ expected: 2, sum: 1.92 }, "+1.920 of +2.000: gap −0.0800, 4.0%", false],
    [{ expected: 2, sum: 1.89 }, "gap −0.110, 5.5%", true],
    [{ expected: -2, sum: -2.0001 }, "under 0.1%", false],
    [{ expected: 0, sum: 0.3 }, "gap +0.300", true],
  ])("%o", (completeness, text, warned) => {
    const gap = gapOf({ completeness })!;
    expect(gap.text).toContain(text);
    expect(gap.warning !== null).toBe(warned);
  });
  test("is said by methods that promise it alone", () => expect(gapOf({})).toBeNull());
});

test("bars share one scale: zero stands where the lowest value wants it", () => {
  const scale = barScale([1, -1, 3]);
  expect(scale.zero).toBe(0.25);
  expect(barOf(scale, 3)).toEqual({ from: 0.25, width: 0.75 });
  expect(barOf(scale, -1)).toEqual({ from: 0, width: 0.25 });
  expect(barOf(barScale([0, 0]), 0)).toEqual({ from: 0, width: 0 });
  expect([placesFor([3.2]), placesFor([0.031]), placesFor([0]), placesFor([120])]).toEqual([2, 4, 2, 2]);
});

test("text is set in lines that fit, subwords close together", () => {
  const units = unitsFor(pass.shown, "token");
  const { boxes, height } = flow(units, 120);
  for (const { x, width } of boxes) expect(x + width).toBeLessThanOrEqual(120);
  expect(new Set(boxes.map(({ y }) => y)).size).toBeGreaterThan(1);
  expect(height).toBe(boxes.at(-1)!.y + 30);
  const one = flow(units, 2000).boxes;
  expect(one[3]!.x - one[2]!.x - one[2]!.width).toBeCloseTo(1);
  expect(one[2]!.x - one[1]!.x - one[1]!.width).toBeCloseTo(4);
});

test("numbers as they are written", () => {
  expect([figure(1234.5), figure(0.00012), figure(-0.5, { signed: true }), figure(0), figure(Number.NaN)]).toEqual([
    "1230",
    "0.000120",
    "−0.500",
    "0",
    "–",
  ]);
  expect([fixed(-0.001, true), fixed(1.5, true), fixed(-1.5, false), fixed(1.5, false)]).toEqual([
    "0.00",
    "+1.50",
    "−1.50",
    "1.50",
  ]);
  expect([duration(3.21), duration(40.4), duration(1300), duration(12_300), duration(150_000)]).toEqual([
    "3.2 ms",
    "40 ms",
    "1.3 s",
    "12 s",
    "3 min",
  ]);
  expect(passesOf({ forward: 1, backward: 0 })).toBe("1 forward pass");
  expect(passesOf({ forward: 50, backward: 50 })).toBe("50 forward, 50 backward passes");
  expect([pValue(0.0001), pValue(0.05), pValue(null), pValue(1)]).toEqual(["<.001", ".050", "–", "1"]);
  expect([rhoValue(0.623), rhoValue(-0.31), rhoValue(1), rhoValue(null), rhoValue(-0.001)]).toEqual([
    ".62",
    "−.31",
    "1",
    "–",
    ".00",
  ]);
  expect([median([3, 1, 2]), median([4, 1, 2, 3])]).toEqual([2, 2.5]);
});

test("units are ranked by size, special tokens aside, equal ones in order", () => {
  expect(strongest([9, 1, -3, 3, 0, 9], unitsFor(pass.shown, "token"))).toEqual([2, 3, 1, 4]);
});
