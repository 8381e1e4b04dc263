import { describe, expect, test } from "vitest";
import { ScoringCache } from "../../store/scoring";
import { initial, type State } from "../../store/state";
import { syntheticScoring } from "../../store/testing/synthetic";
import type { ScoringSlice } from "../../worker/protocol";
import { writeCsv } from "../shared/csv";
import { palettes } from "../shared/palette";
import type { Mark, Rect } from "../shared/scene";
import { writeSvg } from "../shared/svg";
import { decoder, encoder, passOf } from "../testing/pictures";
import { cropMarks, headMarks, type Picture, percent, rowMarks, signed } from "./draw";
import { type About, neuronFigure, neuronTable } from "./figure";
import { BESIDE, dimensionAt, neuronLayout, rowsShown } from "./layout";
import { byContribution, clipOf, meetingsOf, offBy, productsOf, tellingQuery, tells, unheld } from "./meeting";
import { keyOf, pictureOf } from "./on-screen";

/** Two dimensions by hand: logit = 0.5 · q·k + bias; the third key is masked for the second query. */
const byHand = (): ScoringSlice => {
  const [queries, keys] = [
    [1, 2, 3, -1, 0, 1],
    [2, 0, 1, 1, -2, 4],
  ];
  const bias = [0, 0.25, -10_000, 0, 0.25, -10_000, 0, 0, 0];
  const logits = bias.map((b, n) => {
    const [i, j] = [Math.floor(n / 3), n % 3];
    return 0.5 * (queries[2 * i]! * keys[2 * j]! + queries[2 * i + 1]! * keys[2 * j + 1]!) + b;
  });
  const attention = logits.map((logit, n) => {
    const row = logits.slice(3 * Math.floor(n / 3), 3 * Math.floor(n / 3) + 3);
    return Math.exp(logit) / row.reduce((sum, each) => sum + Math.exp(each), 0);
  });
  const all = { queries, keys, logits, attention };
  const [q, k, l, a] = Object.values(all).map((values) => Float32Array.from(values));
  return {
    ...{ site: 0, head: 0, tokens: 3, width: 2, queries: q!, keys: k!, logits: l!, attention: a!, extra: null },
    ...{ scale: 0.5, cap: null, parts: ["bias", "mask"], before: { q: 1, k: 1 } },
  };
};

describe("a query meets its keys", () => {
  test("products add up to the score, and with the rest to the logit of the softmax", () => {
    const slice = byHand();
    const [first, second, third] = meetingsOf(slice, 0);
    expect(first).toMatchObject({ key: 0, dot: 2, score: 1, logit: 1, masked: false });
    expect(second).toMatchObject({ dot: 3, score: 1.5, rest: 0.25, logit: 1.75 });
    expect(third).toMatchObject({ dot: 6, masked: true });
    expect([first, second, third].map((meeting) => tells(meeting!))).toEqual([false, true, false]);
    expect([...productsOf(slice, 1, 1)]).toEqual([3, -1]);
    expect(offBy(slice, 0)).toBeLessThan(1e-6);
    expect(unheld(slice, 0)).toBeCloseTo(0, 6);
  });

  test("a soft cap bends the score, a term besides the keys takes a share", () => {
    const slice = { ...byHand(), cap: 2, scale: 1 };
    expect(meetingsOf(slice, 2)[0]!.score).toBeCloseTo(2 * Math.tanh(0 / 2), 6);
    expect(meetingsOf(slice, 0)[1]!.score).toBeCloseTo(2 * Math.tanh(3 / 2), 6);
    const lacking = { ...byHand(), extra: Float32Array.of(1, 1, 1) };
    lacking.attention = lacking.attention.map((weight) => weight / 2);
    expect(unheld(lacking, 1)).toBeCloseTo(0.5, 6);
    expect(offBy(lacking, 1)).toBeGreaterThan(0.01);
  });

  test("dimensions go by their mean product over keys that are seen", () => {
    const slice = byHand();
    // Query 0: |1·2| + |1·1| of dimension 0, |2·0| + |2·1| of dimension 1; the masked key would turn it round.
    expect(byContribution(slice, 0, meetingsOf(slice, 0))).toEqual([0, 1]);
    const all = { ...slice, logits: slice.logits.map((l) => Math.max(l, -5)) };
    expect(byContribution(all, 0, meetingsOf(all, 0))).toEqual([1, 0]);
  });

  test("shades are full where all but the largest hundredth is", () => {
    const values = Array.from({ length: 1000 }, (_, i) => (i - 500) / 100);
    expect(clipOf([...values, 400])).toBeCloseTo(4.95, 1);
    expect(clipOf([0, 0])).toBe(1);
  });

  test("the query that is shown first looks at another token of the text", () => {
    const slice = byHand();
    slice.attention.set([0.1, 0.9, 0, 0, 1, 0, 0.6, 0.4, 0]);
    expect(tellingQuery(slice, () => false)).toBe(0);
    expect(tellingQuery(slice, (token) => token === 0)).toBe(2);
  });
});

const tokens = ["[CLS]", "so", "under", "##written", "."];
const at = { vectors: true, scaled: true, rest: true, sorted: false, ratio: 2 };

describe("layout", () => {
  test("columns stand side by side and stay inside, at every width", () => {
    for (const width of [320, 390, 559, 560, 700, 760, 960, 1400, 2400])
      for (const [dimensions, crops] of [8, 32, 64, 128, 256].flatMap((d) => [
        [d, false] as const,
        [d, true] as const,
      ])) {
        const layout = neuronLayout(width, tokens, dimensions, { ...at, crops });
        const { query, vectors, products, score, rest, logit, bar, key, crop } = layout;
        const edges = [
          query.right + (crop && crop + BESIDE),
          vectors?.x,
          products.x,
          products.x + products.width,
          score,
          rest,
          logit,
          bar.left,
        ];
        const known = edges.filter((edge) => edge !== null && edge !== undefined);
        expect(known, `${width} × ${dimensions}`).toEqual([...known].sort((a, b) => a - b));
        if (vectors) expect(vectors.x + vectors.width).toBeLessThanOrEqual(products.x);
        expect(bar.left + bar.full).toBeLessThan(key ? key.left - (crop && crop + BESIDE) : width);
        expect((key?.left ?? 0) + (key?.width ?? 0)).toBeLessThanOrEqual(width);
      }
  });

  test("cells are whole device pixels wide where there is room", () => {
    const { products } = neuronLayout(960, tokens, 64, at);
    expect(((products.width / 64) * 2) % 1).toBe(0);
  });

  test("finds dimensions under the cursor, and rows on screen", () => {
    const layout = neuronLayout(960, tokens, 64, at);
    const { vectors, products } = layout;
    expect(dimensionAt(layout, vectors!.x)).toBe(0);
    expect(dimensionAt(layout, vectors!.x + vectors!.width - 0.01)).toBe(63);
    expect(dimensionAt(layout, products.x + products.width / 2)).toBe(32);
    expect(dimensionAt(layout, products.x - 1)).toBeNull();
    expect(rowsShown(layout, 0, 220, 500)).toEqual([0, 10]);
    expect(rowsShown(layout, 2200, 220, 500)).toEqual([99, 110]);
  });
});

type Change = Partial<State> & { readonly neuron?: Partial<State["own"]["neuron"]> };

/** The picture of a made-up model's head. */
async function pictured(model: typeof encoder, { neuron, ...change }: Change = {}) {
  const { shown } = await passOf(model, "So underwritten, but charming.");
  const cache = new ScoringCache(async (_, site, head) =>
    syntheticScoring(shown.result.encoding.tokens, model.family, site, head),
  );
  const own = { ...initial.own, neuron: { ...initial.own.neuron, ...neuron } };
  const state: State = { ...initial, shown, site: 1, head: 1, ...change, own };
  expect(pictureOf(state, cache)).toBeNull();
  await cache.fetch(shown.result.trace, state.site, state.head);
  return { picture: pictureOf(state, cache)!, state, shown };
}

const pin = { side: "query", index: 3 } as const;

describe("what is on screen", () => {
  test("the pinned query goes before the one under the cursor", async () => {
    const hovered = { side: "query", index: 2 } as const;
    expect((await pictured(encoder, { hovered })).picture.query).toBe(2);
    expect((await pictured(encoder, { hovered, pinned: pin })).picture.query).toBe(3);
    expect((await pictured(encoder, { hovered: { side: "key", index: 2 }, pinned: pin })).picture.query).toBe(3);
  });

  test("keys in the order of the text or by weight, sinks left out", async () => {
    const { picture } = await pictured(encoder, { pinned: pin, neuron: { keys: "weight" } });
    const weights = picture.meetings.map(({ weight }) => weight);
    expect(weights).toEqual([...weights].sort((a, b) => b - a));
    const { picture: fewer } = await pictured(encoder, {
      pinned: pin,
      hideSinks: { ...initial.hideSinks, neuron: true },
    });
    expect(fewer.meetings.map(({ key }) => key)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(fewer.all).toHaveLength(9);
  });

  test("the key under the cursor goes before the chosen one, and that before the strongest", async () => {
    const { picture, state } = await pictured(encoder, { pinned: pin });
    const strongest = picture.meetings.reduce((a, b) => (b.logit > a.logit ? b : a)).key;
    expect(keyOf(picture, state)).toBe(strongest);
    const own = { ...state.own, neuron: { ...state.own.neuron, key: 5 } };
    expect(keyOf(picture, { ...state, own })).toBe(5);
    expect(keyOf(picture, { own, hovered: { side: "key", index: 2 } })).toBe(2);
  });

  test("later keys of a causal model have no strip, no number and say why", async () => {
    const { picture } = await pictured(decoder, { pinned: { side: "query", index: 2 } });
    const layout = neuronLayout(960, picture.tokens, picture.slice.width, at);
    const marks = rowMarks(layout, palettes.light, picture, [3, 4], { key: null, chosen: null });
    expect(marks.flatMap((mark) => (mark.kind === "text" ? [mark.text] : []))).toEqual(["hidden: it comes later"]);
    const [strip] = marks.filter((mark) => mark.kind === "picture");
    expect(strip!.pixels.every((part) => part === 0)).toBe(true);
  });

  test("a strip has the colour of each value, in the order of dimensions", async () => {
    const { picture } = await pictured(encoder, { pinned: pin, neuron: { dimensions: "contribution" } });
    const layout = neuronLayout(960, picture.tokens, picture.slice.width, at);
    const [keys, products] = rowMarks(layout, palettes.light, picture, [0, 1], { key: null, chosen: null }).filter(
      (mark) => mark.kind === "picture",
    );
    const green = (of: NonNullable<typeof keys>, c: number) => {
      const at = (10 * picture.slice.width + c) * 4;
      return of.pixels[at + 2]! - of.pixels[at]!; // teal has more blue than red, brown less
    };
    const first = productsOf(picture.slice, 3, 0);
    picture.order.forEach((dimension, c) => {
      const [key, product] = [picture.slice.keys[dimension]!, first[dimension]!];
      if (Math.abs(key) > 0.2) expect(Math.sign(green(keys!, c))).toBe(Math.sign(key));
      if (Math.abs(product) > 0.2) expect(Math.sign(green(products!, c))).toBe(Math.sign(product));
    });
  });

  test("bars are as long as weights", async () => {
    const { picture } = await pictured(encoder, { pinned: pin });
    const layout = neuronLayout(960, picture.tokens, picture.slice.width, at);
    const bars = rowMarks(layout, palettes.light, picture, [0, 9], { key: null, chosen: null }).filter(
      (mark): mark is Rect => mark.kind === "rect" && mark.fill === palettes.light.att,
    );
    expect(bars.map(({ width }) => width / layout.bar.full)).toEqual(picture.meetings.map(({ weight }) => weight));
  });

  test("numbers as they are written", () => {
    expect([0.1234, 0, -0.001].map(percent)).toEqual(["12%", "0%", "0%"]);
    expect([1.234, -0.5, -0.001, 123.45, -20000].map(signed)).toEqual(["+1.23", "−0.50", "0.00", "+123.5", "−2.0e+4"]);
  });
});

const about = (shown: About["shown"], more: Partial<About> = {}): About => ({
  ...{ shown, site: 1, head: 1, pinned: true, vectors: true, key: null },
  ...more,
});
const allMarks = (marks: readonly Mark[]): Mark[] =>
  marks.flatMap((mark) => (mark.kind === "group" ? allMarks(mark.marks) : [mark]));

describe("what is given away", () => {
  test("the figure as a file", async () => {
    const { picture, shown } = await pictured(decoder, { pinned: pin });
    const scene = neuronFigure(picture, about(shown), palettes.light, 900);
    const pictures: number[] = [];
    const svg = writeSvg(scene, ({ columns, rows }) => `data:${pictures.push(columns)},${rows}`);
    await expect(svg).toMatchFileSnapshot("../testing/neuron.svg");
    expect(pictures).toEqual([32, 32, 32]);
  });

  test("patches of an image stand beside their names, a crop each", async () => {
    const { picture, shown } = await pictured(encoder);
    const patches = { rows: 2, columns: 3, height: 5, width: 6, step: [2, 2], first: 1 } as const;
    const seen = {
      ...{ name: "cat.png", original: { width: 6, height: 5 }, width: 6, height: 5 },
      pixels: Uint8ClampedArray.from({ length: 120 }, (_, i) => i),
    };
    const over = { ...picture, patched: { seen, patches } };
    const wants = { ...at, crops: true };
    const layout = neuronLayout(960, picture.tokens, picture.slice.width, wants);
    const marks = cropMarks(layout, over, [0, picture.tokens.length]);
    // Six of the tokens are patches; queries and keys have one each.
    expect(marks).toHaveLength(12);
    const [second] = cropMarks(layout, over, [5, 6]); // r2c2
    if (second?.kind !== "picture") throw new Error("no picture");
    const row = (y: number) => Array.from({ length: 8 }, (_, i) => (y * 6 + 2) * 4 + i);
    expect([...second.pixels]).toEqual([...row(2), ...row(3)]);
    expect(second).toMatchObject({ columns: 2, rows: 2, width: 16, height: 16 });
    expect(second.x).toBeGreaterThanOrEqual(layout.query.right);
    expect(second.x + 16).toBeLessThanOrEqual(layout.vectors!.x);
    expect(cropMarks(neuronLayout(390, picture.tokens, 8, wants), over, [0, 9])).toEqual([]); // no room on a phone
    const scene = neuronFigure(over, about(shown), palettes.light, 900);
    expect(scene.marks.filter((mark) => mark.kind === "picture" && mark.width === 16)).toHaveLength(12);
  });

  test("of a long text, the rows around the query", async () => {
    const { picture, shown } = await pictured(encoder);
    const long = 300;
    const meetings = Array.from({ length: long }, (_, key) => ({ ...picture.all[key % 9]!, key }));
    const many = { tokens: meetings.map(({ key }) => picture.tokens[key % 9]!), special: [], meetings, query: 200 };
    const scene = neuronFigure({ ...picture, ...many, slice: picture.slice }, about(shown), palettes.dark, 900);
    expect(allMarks(scene.marks).some((mark) => mark.kind === "text" && /rows 140 to 259 of 300/.test(mark.text))).toBe(
      true,
    );
  });

  test("the table adds up, row for row", async () => {
    const { picture, shown } = await pictured(encoder, { pinned: pin });
    const table = neuronTable(picture, about(shown));
    const rows = [...table.rows()];
    expect(rows).toHaveLength(table.count);
    const column = (name: string) => table.header.indexOf(name);
    for (const row of rows) {
      const of = (name: string) => Number(row[column(name)]);
      const products = table.header.flatMap((name, i) => (name.startsWith("product_") ? [Number(row[i])] : []));
      expect(products).toHaveLength(32);
      expect(products.reduce((a, b) => a + b, 0)).toBeCloseTo(of("dot"), 4);
      expect(of("query_7") * of("key_7")).toBeCloseTo(of("product_7"), 5);
      expect(of("dot") * of("scale")).toBeCloseTo(of("score"), 4);
      expect(of("score") + of("rest")).toBeCloseTo(of("logit"), 4);
    }
    expect(rows.reduce((sum, row) => sum + Number(row[column("weight")]), 0)).toBeCloseTo(1, 5);
    expect(writeCsv(table.header, rows).split("\r\n")[0]).toMatch(/^layer,head,query_position,.*,product_31$/);
    expect(table.header.slice(0, table.columns)).not.toContain("product_0");
  });

  test("captions name what stands under them", async () => {
    const { picture } = await pictured(encoder, { pinned: pin });
    const texts = (pic: Picture, layout = neuronLayout(960, pic.tokens, 32, at)) =>
      headMarks(layout, palettes.light, pic).flatMap((mark) => (mark.kind === "text" ? [mark.text] : []));
    expect(texts(picture)).toEqual([
      "a query…",
      "query, under it keys: 32 dimensions",
      "query × key",
      "q·k × 0.177",
      "+ rest",
      "= logit",
      "softmax",
      "…meets keys",
    ]);
    const plain = neuronLayout(960, picture.tokens, 32, { ...at, vectors: false, scaled: false, rest: false });
    expect(texts(picture, plain)).toContain("q·k = logit");
  });

  test("captions over few dimensions don't run into each other", async () => {
    const { picture } = await pictured(encoder, { pinned: pin });
    for (const width of [780, 960, 1200]) {
      const layout = neuronLayout(width, picture.tokens, 8, at);
      const [first, second] = headMarks(layout, palettes.light, picture)
        .filter((mark) => mark.kind === "text" && mark.anchor === "start")
        .map((mark) => mark as Extract<typeof mark, { kind: "text" }>);
      expect(second!.text).toBe("query × key");
      expect(first!.x + 5.6 * first!.text.length).toBeLessThan(second!.x);
    }
  });
});
