import { describe, expect, test } from "vitest";
import type { Seen } from "../../image/seen";
import { palettes } from "./palette";
import { overMarks, type Patched, patchAt, patchMap, patchMarks, patchOf } from "./patches";
import { GAP, tileMarks, tilesFigure, tileWidth } from "./tiles";

const seen: Seen = {
  name: "cat.png",
  original: { width: 90, height: 60 },
  width: 6,
  height: 4,
  pixels: Uint8ClampedArray.from({ length: 96 }, (_, i) => (i % 4 === 3 ? 255 : (7 * i) % 256)),
};
/** 2 × 3 patches of 2 × 2 pixels behind one token. */
const of: Patched = { seen, patches: { rows: 2, columns: 3, height: 4, width: 6, step: [2, 2], first: 1 } };
const palette = palettes.light;
const none = { pinned: null, hovered: null };

describe("places", () => {
  test("a patch by its token, and none for others", () => {
    expect([0, 1, 6, 7, undefined].map((token) => patchOf(of.patches, token))).toEqual([null, 0, 5, null, null]);
  });
  test("a patch under the cursor, and none beside the image", () => {
    expect(patchAt(of, 60, 25, 21)).toBe(4);
    expect(patchAt(of, 60, 59.9, 39.9)).toBe(5);
    expect(patchAt(of, 60, 60, 0)).toBeNull();
    expect(patchAt(of, 60, 0, -1)).toBeNull();
  });
});

describe("a map", () => {
  test("has the values of patches, and its peak among them alone", () => {
    const map = patchMap(of.patches, [9, 1, -3, 2, 0, 0, 1], true);
    expect(map).toEqual({ values: [1, -3, 2, 0, 0, 1], signed: true, peak: 3 });
  });
  test("lies over greys, the fainter the smaller, with a dash on what is against", () => {
    const map = patchMap(of.patches, [0, 1, -3, 3, 0, 0, 0], true);
    const [image, over, ...dashes] = patchMarks(of, map, none, palette, 60);
    if (image?.kind !== "picture" || over?.kind !== "picture") throw new Error("no pictures");
    for (let i = 0; i < 96; i += 4) expect(new Set(image.pixels.slice(i, i + 3)).size).toBe(1);
    expect(over).toMatchObject({ columns: 3, rows: 2, width: 60, height: 40 });
    const alpha = (patch: number) => over.pixels[4 * patch + 3]!;
    expect(alpha(3)).toBe(0);
    expect(alpha(0)).toBeGreaterThan(0);
    expect(alpha(0)).toBeLessThan(alpha(2));
    expect(alpha(1)).toBe(alpha(2));
    expect(dashes).toHaveLength(1);
    expect(dashes[0]).toMatchObject({ kind: "rect", y: 10 - 0.8 });
  });
  test("the image by itself keeps its colours; what is read is framed", () => {
    const [image] = patchMarks(of, null, none, palette, 60);
    expect(image).toMatchObject({ pixels: seen.pixels, smooth: true });
    const frames = overMarks(of, null, { pinned: 4, hovered: 0 }, palette, 60);
    expect(frames.map((mark) => mark.kind === "rect" && [mark.x, mark.y])).toEqual([
      [-1.5, -1.5],
      [0, 0],
      [18.25, 18.25],
      [20, 20],
    ]);
  });
});

describe("tiles", () => {
  test("are as wide as all of them fit, and never too small to read", () => {
    expect(tileWidth(1, 400, 300, 1)).toBe(278);
    expect(tileWidth(4, 1000, 300, 1)).toBe(238);
    const seven = tileWidth(7, 900, 500, 1);
    expect(4 * seven + 3 * GAP).toBeLessThanOrEqual(900);
    expect(tileWidth(100, 900, 300, 1)).toBe(140);
    expect(tileWidth(5, 200, 300, 1)).toBe(92); // two on a phone
  });
  test("as a figure have two pictures each, their captions and what is said of them", () => {
    const map = patchMap(of.patches, [0, 1, 2, 3, 4, 5, 6], false);
    const tiles = ["a", "b"].map((id) => ({ id, title: `head ${id}`, aside: "most 6", map }));
    const { marks } = tileMarks(of, tiles, none, palette, 800);
    expect(marks.filter(({ kind }) => kind === "picture")).toHaveLength(4);
    const told = {
      title: "t",
      about: "m",
      description: "d",
      signed: false,
      ends: ["0", "most"],
      notes: ["n", ""],
      pinned: 2,
    } as const;
    const scene = tilesFigure(of, tiles, told, palette, 800);
    const words = scene.marks.flatMap((mark) => (mark.kind === "text" ? [mark.text] : []));
    expect(words).toEqual(expect.arrayContaining(["t", "m · cat.png", "head a", "head b", "most 6", "n", "0", "most"]));
    expect(scene).toMatchObject({ title: "m: t", description: "d", width: 800 });
  });
});
