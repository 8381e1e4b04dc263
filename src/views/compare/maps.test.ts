import { beforeAll, describe, expect, test } from "vitest";
import { imageEncoding } from "../../image/patches";
import type { Seen } from "../../image/seen";
import type { MethodId } from "../../store/method-ids";
import type { Shown } from "../../store/state";
import { unitsOf } from "../../store/units";
import { writeCsv } from "../shared/csv";
import { nounOf } from "../shared/noun";
import { palettes } from "../shared/palette";
import type { Mark } from "../shared/scene";
import { explained } from "../testing/explained";
import { compareFigure, compareTable } from "./figure";
import { guideOf } from "./guide";
import { mapsMarks, mapWidth, rowMap } from "./maps";
import { summary } from "./picture";
import type { MethodRow } from "./rows";

const patches = { rows: 2, columns: 3, height: 4, width: 6, step: [2, 2], first: 1 } as const;
const encoding = imageEncoding(patches, ["[CLS]"], []);
const units = unitsOf(encoding, false);
const seen: Seen = {
  ...{ name: "cat.png", original: { width: 12, height: 8 }, width: 6, height: 4 },
  pixels: new Uint8ClampedArray(6 * 4 * 4).fill(90),
};
const of = { seen, patches };
const row = (id: string, signed: boolean, values: number[] | null, told: string | null = null): MethodRow => ({
  ...{ id, label: id, signed, values, progress: null, told },
  state: values ? "done" : told ? "failed" : "waiting",
});
const values = [9, 0, 1, -2, 0, 0, 0.5];
const texts = (marks: readonly Mark[]): string[] => marks.flatMap((mark) => (mark.kind === "text" ? [mark.text] : []));

test("a method's map is full at the most that a patch has: [CLS] doesn't count, as in a row of tokens", () => {
  expect(rowMap(row("a", true, values), units, of)).toEqual({ values: [0, 1, -2, 0, 0, 0.5], signed: true, peak: 2 });
  expect(rowMap(row("a", true, null), units, of)).toBeNull();
});

test.each([360, 620, 900, 1400])("maps fill a width of %i, two side by side at least", (width) => {
  const wide = mapWidth(width);
  expect(wide).toBeLessThanOrEqual(208);
  expect(2 * wide + 16).toBeLessThanOrEqual(width);
});

test("maps stand in two groups: names over them, what is first under them, why there is none", () => {
  const rows = [row("b", true, values), row("a", false, values.map(Math.abs)), row("c", true, null, "out of memory")];
  const told = { tops: new Map([["b", [3, 2, 6]]]), target: "cat" };
  const { marks, height } = mapsMarks(of, rows, units, told, { pinned: 4, hovered: null }, palettes.light, 600);
  const said = texts(marks);
  expect(said).toEqual(expect.arrayContaining(["a", "b", "c", "r1c3 r1c2 r2c3", "out of memory"]));
  expect(said.indexOf("Unsigned: how much, not which way")).toBeLessThan(said.indexOf("a"));
  expect(said.indexOf("Signed: for or against cat")).toBeLessThan(said.indexOf("b"));
  // The image three times, and values over two of them: never a mark a patch.
  expect(marks.filter(({ kind }) => kind === "picture")).toHaveLength(5);
  const dashes = marks.filter((mark) => mark.kind === "rect" && mark.height === 1.6);
  expect(dashes).toHaveLength(1);
  for (const mark of marks) if (mark.kind === "picture") expect(mark.y + mark.height).toBeLessThan(height);
});

describe("the view of an image", () => {
  const ids: readonly MethodId[] = ["raw-attention", "gradient-x-input", "integrated-gradients"];
  let made: Awaited<ReturnType<typeof explained>>;
  let shown: Shown;
  beforeAll(async () => {
    made = await explained("one two three four five", ids); // with [CLS] and [SEP] a token for each of the image's
    made.actions.change("compare", { methods: ids });
    expect(made.shown.result.encoding.ids).toHaveLength(encoding.ids.length);
    const result = { ...made.shown.result, encoding, seen };
    shown = { ...made.shown, model: { ...made.shown.model, family: "vision" }, result };
  });

  test("its figure has a map a method, and speaks of patches and images", () => {
    const scene = compareFigure(made.state(), shown, palettes.light, 1000)!;
    expect(scene.marks.filter(({ kind }) => kind === "picture")).toHaveLength(2 * ids.length);
    const said = texts(scene.marks).join("\n");
    expect(said).toContain("cat.png");
    expect(said).toContain("Each map has its own maximum");
    expect(said).toContain("Comprehensiveness over time, 1 image");
    expect(summary(made.state(), units, nounOf(shown, "token"))).toMatch(/over \d+ patches/);
  });

  test("its table says where each patch is", () => {
    const { header, rows } = compareTable(made.state(), shown)!;
    const lines = writeCsv(header, rows()).trim().split("\r\n");
    expect(lines[0]).toContain("method,position,token,row,column,value,top_place");
    expect(lines.filter((line) => /^integrated-gradients,5,r2c2,2,2,/.test(line))).toHaveLength(1);
    expect(lines.filter((line) => /^integrated-gradients,0,\[CLS\],,,/.test(line))).toHaveLength(1);
  });

  test("its guide has no words of texts", () => {
    const said = JSON.stringify(guideOf(true));
    expect(said).not.toMatch(/\b(words?|texts?|sentences?|phrases?|tokens?)\b/i);
    expect(guideOf(true).map(({ methods }) => methods)).toEqual(guideOf(false).map(({ methods }) => methods));
  });
});
