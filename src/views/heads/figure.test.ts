import { beforeAll, expect, test } from "vitest";
import { writeCsv } from "../shared/csv";
import { palettes } from "../shared/palette";
import type { Mark } from "../shared/scene";
import { writeSvg } from "../shared/svg";
import { encoder, passOf, picture } from "../testing/pictures";
import { figureRows, headsFigure, headsTable, MOST_ROWS } from "./figure";

let pass: Awaited<ReturnType<typeof passOf>>;
beforeAll(async () => {
  pass = await passOf(encoder, "So underwritten.");
});

const looks = { pinned: null, curved: true, pairFilter: "all" } as const;
const noPicture = (): string => {
  throw new Error("a picture in a figure of lines");
};
const groups = (marks: readonly Mark[]) => marks.flatMap((mark) => (mark.kind === "group" ? [mark] : []));

test("the figure shows the pinned token, in full colour over the rest", () => {
  const shown = picture(pass, 1, [1, 7], { hideSinks: true });
  const plain = headsFigure(shown, looks, palettes.light, 800);
  expect(groups(plain.marks).map(({ opacity }) => opacity)).toEqual([0.85, 0.85, 0.95]);
  expect(groups(plain.marks).at(-1)!.marks).toEqual([]);
  const pinned = headsFigure(shown, { ...looks, pinned: { side: "query", index: 2 } }, palettes.light, 800);
  expect(groups(pinned.marks).map(({ opacity }) => opacity)).toEqual([0.17, 0.17, 0.95]);
  expect(groups(pinned.marks).at(-1)!.marks.length).toBeGreaterThan(0);
  expect(pinned.description).toContain("pinned: under");
});

test("the figure as a file", async () => {
  const scene = headsFigure(
    picture(pass, 1, [1], { hideSinks: true }),
    { ...looks, pinned: { side: "query", index: 2 } },
    palettes.light,
    800,
  );
  await expect(writeSvg(scene, noPicture)).toMatchFileSnapshot("../testing/heads.svg");
});

test("of a text that makes no figure, the rows around the pin are drawn", () => {
  expect(figureRows(100, null)).toEqual([0, 100]);
  expect(figureRows(512, null)).toEqual([0, MOST_ROWS]);
  expect(figureRows(512, 300)).toEqual([240, 360]);
  expect(figureRows(512, 511)).toEqual([392, 512]);
});

test("the table holds every weight as drawn, and marks the pinned", () => {
  const shown = picture(pass, 1, [1, 7], { hideSinks: true });
  const table = headsTable(shown, { side: "query", index: 2 });
  const rows = [...table.rows()];
  const units = shown.plan.units.length;
  expect(rows).toHaveLength(table.count);
  expect(table.count).toBe(2 * units * units);
  const csv = writeCsv(table.header, rows).split("\r\n");
  expect(csv[0]).toBe("layer,head,query_position,query,key_position,key,weight,pinned");
  const { reading } = shown.heads[0]!;
  for (let q = 0; q < units; q++)
    for (let k = 0; k < units; k++) {
      const row = rows[q * units + k]!;
      expect(row.slice(0, 3)).toEqual([1, 1, q]);
      expect(row[6]).toBeCloseTo(reading.weights[q * units + k]!, 4);
      expect(row[7]).toBe(q === 2 ? 1 : 0);
    }
  expect(headsTable(shown, null).header).not.toContain("pinned");
});
