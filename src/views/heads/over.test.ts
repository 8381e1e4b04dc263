import { expect, test } from "vitest";
import { imageEncoding } from "../../image/patches";
import type { Shown } from "../../store/state";
import { unitsOf } from "../../store/units";
import { toHalf } from "../../tensor/half";
import { mapsOf } from "../model/over";
import { notDrawn } from "../shared/lines";
import { palettes } from "../shared/palette";
import { patchedOf } from "../shared/patches";
import { planOf } from "../shared/reading";
import { readOnce } from "./on-screen";
import { besideWords, readerOf, readerWords, tilesOf } from "./over";

const encoding = imageEncoding({ rows: 1, columns: 2, height: 2, width: 4, step: [2, 2], first: 1 }, ["[CLS]"], []);
const seen = {
  name: "a.png",
  original: { width: 4, height: 2 },
  width: 4,
  height: 2,
  pixels: new Uint8ClampedArray(32),
};
const sites = [0, 1].map((index) => ({ index, layer: index, kind: "encoder" as const, heads: 2, kvHeads: 2 }));
const shown = {
  origin: "live",
  model: { name: "vit", layers: 2, heads: 2, sites, family: "vision", labels: null, task: "image-classification" },
  result: { trace: 1, encoding, seen, candidates: [], target: { position: null, index: 0 }, ms: 0, memory: null },
  scores: null,
} as Shown;
const of = patchedOf(shown)!;

const heads = [
  [0.5, 0.25, 0.25, 0.2, 0.5, 0.3, 0, 1, 0],
  [0.5, 0.5, 0, 0.6, 0.1, 0.3, 0.2, 0.2, 0.6],
];
const pictureOf = (hideSinks: boolean) => {
  const plan = planOf(unitsOf(encoding, false), { hideSinks, causal: false, filter: "all" });
  const drawn = heads.map((weights, head) => ({
    head,
    ...readOnce({ rows: 3, columns: 3, data: toHalf(Float32Array.from(weights)) }, plan),
  }));
  return { shown, site: 1, plan, heads: drawn, notDrawn: notDrawn(drawn) };
};
const values = (row: readonly number[]) => row.map((v) => Number(v.toFixed(3)));

test("what is pinned is read, else what is under the cursor, else the class token", () => {
  const { plan } = pictureOf(false);
  const at = (index: number) => ({ side: "query" as const, index });
  expect(readerOf(plan, { pinned: at(2), hovered: at(1) })?.label).toBe("r1c2");
  expect(readerOf(plan, { pinned: null, hovered: at(1) })?.label).toBe("r1c1");
  expect(readerWords(readerOf(plan, { pinned: null, hovered: null })!)).toBe("What [CLS] looks at");
  expect(readerWords(readerOf(plan, { pinned: { side: "key", index: 1 }, hovered: null })!)).toBe("What looks at r1c1");
});

test("tiles are the mean and each head, of the patches alone", () => {
  const picture = pictureOf(false);
  const reader = readerOf(picture.plan, { pinned: { side: "query", index: 1 }, hovered: null })!;
  const tiles = tilesOf(of, picture, reader, palettes.light);
  expect(tiles.map(({ title }) => title)).toEqual(["mean of 2 heads", "head 1.0", "head 1.1"]);
  expect(tiles.map(({ map }) => values(map!.values))).toEqual([
    [0.3, 0.3],
    [0.5, 0.3],
    [0.1, 0.3],
  ]);
  expect(besideWords(picture, reader)).toBe("Not on the image: 40% held by [CLS]");
  const column = readerOf(picture.plan, { pinned: { side: "key", index: 0 }, hovered: null })!;
  expect(values(tilesOf(of, picture, column, palettes.light)[1]!.map!.values)).toEqual([0.2, 0]);
});

test("without the class token rows are divided by the rest, and it is said", () => {
  const picture = pictureOf(true);
  const reader = readerOf(picture.plan, { pinned: { side: "query", index: 1 }, hovered: null })!;
  const [, first, second] = tilesOf(of, picture, reader, palettes.light);
  expect(values(first!.map!.values)).toEqual([0.625, 0.375]);
  expect(values(second!.map!.values)).toEqual([0.25, 0.75]);
  expect(besideWords(picture, reader)).toBe("Left out: 40% held by [CLS]; rows rescaled");
});

test("rows of every head are maps by layer and head", () => {
  const data = Float32Array.from([0.5, 0.25, 0.25, 0.2, 0.5, 0.3, 0, 1, 0, 0.98, 0.01, 0.01]);
  const maps = mapsOf(shown, of, { token: 0, side: "query", data }, false);
  expect(maps.map((layer) => layer.map((map) => values(map.values)))).toEqual([
    [
      [0.25, 0.25],
      [0.5, 0.3],
    ],
    [
      [1, 0],
      [0.01, 0.01],
    ],
  ]);
  const rest = mapsOf(shown, of, { token: 0, side: "query", data }, true);
  expect(values(rest[0]![1]!.values)).toEqual([0.625, 0.375]);
  expect(values(rest[1]![1]!.values)).toEqual([0, 0]); // next to nothing is left
});
