import { beforeAll, expect, test } from "vitest";
import { unitsFor } from "../shared/explaining";
import { palettes } from "../shared/palette";
import { writeSvg } from "../shared/svg";
import { explained } from "../testing/explained";
import { barsLayout, unitAtX } from "./bars";
import { occlusionFigure, occlusionTable } from "./figure";
import { lacking, pictureOf, standIn, TOKENS, takenAway, WINDOWS } from "./picture";
import { regionText, sortedRegions } from "./regions";

let made: Awaited<ReturnType<typeof explained>>;
beforeAll(async () => {
  made = await explained("So underwritten, but so charming.", [TOKENS, WINDOWS]);
});
const noPicture = (): string => {
  throw new Error("a picture in a figure of bars");
};

test("the figure as a file: bars over their tokens, windows by their change", async () => {
  const state = { ...made.state(), pinned: { side: "query", index: 2 } as const };
  const picture = pictureOf(state, made.shown)!;
  expect(picture.subtitle).toBe(
    "Change in the logit of POSITIVE less that of NEGATIVE when a token is replaced by [MASK].",
  );
  await expect(writeSvg(occlusionFigure(picture, palettes.light, 900), noPicture)).toMatchFileSnapshot(
    "../testing/occlusion.svg",
  );
});

test("windows go by how much they change, either way; without any, units stand alone", () => {
  const units = unitsFor(made.shown, "token");
  const regions = [
    { units: [1, 2, 3], value: 0.5 },
    { units: [2, 3, 4], value: -2 },
  ];
  expect(sortedRegions({ regions }, [], units)).toEqual([regions[1], regions[0]]);
  expect(regionText(regions[0]!, units)).toBe("so underwritten");
  const alone = sortedRegions(
    undefined,
    units.map((_, i) => i),
    units,
  );
  expect(alone[0]!.units).toEqual([units.length - 2]);
  expect(alone).toHaveLength(units.length - 2);
});

test("what a vocabulary lacks is said", () => {
  const model = { ...made.state().model!, substitutes: { pad: "[PAD]", mask: null, unknown: null } };
  expect(lacking(model)).toEqual({ mask: "not in this vocabulary", unknown: "not in this vocabulary" });
  expect([standIn(model, "auto"), standIn(model, "mask"), standIn(model, "delete")]).toEqual(["[PAD]", null, null]);
  expect(takenAway(model, "delete")).toBe("deleted");
  expect(lacking({ ...model, task: "question-answering" }).delete).toContain("places in the text");
  const none = { ...model, substitutes: { pad: null, mask: null, unknown: null } };
  expect(Object.keys(lacking(none))).toEqual(["mask", "unknown", "pad", "auto"]);
});

test.each([5, 30, 200])("%i units: columns fit, or are scrolled to", (count) => {
  const units = Array.from({ length: count }, (_, i) => ({
    ...{ label: `token${i}`, mark: "", from: i, to: i + 1, special: false, segment: 0 },
  }));
  const layout = barsLayout(
    800,
    units,
    units.map((_, i) => i - 2),
  );
  expect(layout.cell).toBeGreaterThanOrEqual(12);
  expect(layout.width).toBeGreaterThanOrEqual(layout.left + layout.cell * count);
  expect(unitAtX(layout, count, layout.left + layout.cell * 1.5)).toBe(1);
  expect(unitAtX(layout, count, 0)).toBeNull();
  expect(layout.y(0)).toBeLessThan(layout.y(-2));
});

test("the table has each unit alone, then the windows", () => {
  const table = occlusionTable(pictureOf(made.state(), made.shown)!);
  const rows = [...table.rows()];
  expect(rows).toHaveLength(table.count);
  expect(rows.filter((row) => row[0] === 1)).toHaveLength(8);
});
