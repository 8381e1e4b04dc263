import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { toHalf } from "../../tensor/half";
import { writeSafetensors } from "../../tensor/safetensors";
import type { Tensor } from "../../tensor/tensor";
import { readAbout } from "./about";
import { openTraceFile, traceOfTensors, writeTraceFile } from "./open";

/** An encoder of 3 tokens, a decoder of 2, two heads with one head of keys: every kind of attention. */
const written = {
  model: { name: "tiny", architecture: null, labels: null },
  tokens: {
    encoder: { tokens: ["▁un", "known", "</s>"] },
    decoder: { tokens: ["<s>", "▁so"] },
  },
  sites: [
    { layer: 0, kind: "encoder", heads: 2 },
    { layer: 0, kind: "decoder", heads: 2, kvHeads: 1 },
    { layer: 0, kind: "cross", heads: 2 },
  ],
  attributions: [{ method: "mine", values: [0.5, -1, 0] }],
};

const probs = (heads: number, rows: number, columns: number): Float32Array =>
  Float32Array.from({ length: heads * rows * columns }, (_, i) => ((i * 37) % 101) / 101);
const of = (heads: number, rows: number, columns: number): Tensor => ({
  dtype: "float32",
  dims: [heads, rows, columns],
  data: probs(heads, rows, columns),
});
const tensors = new Map<string, Tensor>([
  ["attention.0", of(2, 3, 3)],
  ["attention.1", { dtype: "float16", dims: [2, 2, 2], data: toHalf(probs(2, 2, 2)) }],
  [
    "attention.2",
    { dtype: "uint8", dims: [2, 2, 3], data: Uint8Array.from(probs(2, 2, 3), (v) => Math.round(v * 255)) },
  ],
  ["queries.1", of(2, 2, 4)],
  ["keys.1", of(1, 2, 4)],
]);

const bytes = writeTraceFile(readAbout(written), tensors);
const file = (read: [number, number][] = []) =>
  openTraceFile(async (start, end) => {
    read.push([start, end]);
    return bytes.subarray(start, end);
  });

describe("a trace file", () => {
  test("reads as it was written, by heads, in every precision", async () => {
    const trace = await file();
    for (const [site, [rows, columns]] of [
      [3, 3],
      [2, 2],
      [2, 3],
    ].entries()) {
      const whole = await trace.attention(site);
      expect(whole.dims).toEqual([2, rows, columns]);
      const near = [...probs(2, rows!, columns!)];
      for (const [i, value] of [...whole.data].entries()) expect(Number(value)).toBeCloseTo(near[i]!, [6, 3, 2][site]);
      const second = await trace.attention(site, 1);
      expect([...second.data]).toEqual([...whole.data.slice(rows! * columns!)]);
    }
  });

  test("reads no more than the header and the heads that are asked for", async () => {
    const read: [number, number][] = [];
    const trace = await file(read);
    const before = read.length;
    await trace.attention(0, 1);
    expect(read.slice(before).map(([start, end]) => end - start)).toEqual([3 * 3 * 4]);
  });

  test("knows whose tokens look at whose", async () => {
    const { about, sides } = await file();
    const counts = about.sites.map((site) => [sides(site).query.ids.length, sides(site).key.ids.length]);
    expect(counts).toEqual([
      [3, 3],
      [2, 2],
      [2, 3],
    ]);
    expect(about.tokens.encoder?.tokens).toEqual([" un", "known", "</s>"]);
    expect(about.tokens.encoder?.words).toEqual([0, 0, null]);
    expect(about.tokens.decoder?.special).toEqual([true, false]);
  });

  test("gives a head the keys of its group", async () => {
    const trace = await file();
    expect([trace.hasQueries(0), trace.hasQueries(1)]).toEqual([false, true]);
    expect((await trace.keys(1, 1)).data).toEqual((await trace.keys(1, 0)).data);
    expect((await trace.queries(1, 1)).dims).toEqual([2, 4]);
  });
});

describe("what doesn't fit is refused by its name", () => {
  const without = (name: string) => new Map([...tensors].filter(([key]) => key !== name));
  test.each([
    ["a tensor that is missing", written, without("attention.2"), "bad attention.2: [missing] instead of [2,2,3]"],
    [
      "a tensor of other sizes",
      written,
      new Map(tensors).set("attention.0", of(2, 3, 2)),
      "bad attention.0: [2,3,2] instead of [2,3,3]",
    ],
    ["no sites", { ...written, sites: [] }, tensors, "bad about.sites: none"],
    [
      "a kind without its tokens",
      { ...written, tokens: { encoder: written.tokens.encoder } },
      tensors,
      "bad about.tokens: no decoder, which site 1 reads",
    ],
    [
      "too few values",
      { ...written, attributions: [{ method: "mine", values: [1] }] },
      tensors,
      "bad about.attributions: mine has 1 values for 3 tokens",
    ],
    [
      "lists of unlike lengths",
      { ...written, tokens: { ...written.tokens, encoder: { tokens: ["a", "b", "c"], segments: [0] } } },
      tensors,
      "bad about.tokens.encoder.segments: 1 for 3 tokens",
    ],
    ["no object", 7, tensors, "bad about: not an object"],
  ])("%s", (_, about, given, message) => {
    expect(() => traceOfTensors(about, given)).toThrow(message);
  });

  test("a safetensors file that is no trace", async () => {
    const other = writeSafetensors(tensors, new Map());
    await expect(openTraceFile(async (start, end) => other.subarray(start, end))).rejects.toThrow("bad trace");
  });
});

describe("an image", () => {
  const about = {
    ...{ model: { name: "vit" }, tokens: { encoder: { tokens: ["[CLS]", "a", "b", "c", "d"] } } },
    sites: [{ layer: 0, kind: "encoder", heads: 1 }],
    image: { width: 5, height: 4, rows: 2, columns: 2, first: 1 },
  };
  const pixels: Tensor = {
    dtype: "uint8",
    dims: [4, 5, 3],
    data: Uint8Array.from({ length: 60 }, (_, i) => (i * 91) % 256),
  };
  const given = new Map<string, Tensor>([
    ["attention.0", of(1, 5, 5)],
    ["image", pixels],
  ]);

  test("lies beneath the tokens that are its patches, byte for byte", async () => {
    const trace = traceOfTensors(about, given);
    expect(trace.about.tokens.encoder?.patches).toEqual({
      ...{ rows: 2, columns: 2, height: 4, width: 5, step: [2, 2], first: 1 },
    });
    expect(trace.about.tokens.encoder?.special).toEqual([true, false, false, false, false]);
    const seen = (await trace.image())!;
    expect(seen).toMatchObject({ name: "image", width: 5, height: 4, original: { width: 5, height: 4 } });
    expect([...seen.pixels.filter((_, i) => i % 4 < 3)]).toEqual([...pixels.data]);
    expect([...seen.pixels.filter((_, i) => i % 4 === 3)]).toEqual(Array(20).fill(255));
  });

  test.each([
    ["no pixels", about, new Map([["attention.0", of(1, 5, 5)]]), "bad image: missing instead of uint8 [4,5,3]"],
    [
      "pixels of another size",
      about,
      new Map(given).set("image", { ...pixels, dims: [5, 4, 3] }),
      "bad image: uint8 [5,4,3] instead of uint8 [4,5,3]",
    ],
    [
      "more patches than tokens",
      { ...about, image: { ...about.image, first: 2 } },
      given,
      "bad about.image: 2 × 2 patches from token 2 on, of 5 tokens",
    ],
    [
      "patches beyond the edge",
      { ...about, image: { ...about.image, step: [3, 2] } },
      given,
      "bad about.image: 2 × 2 patches of [3,2] pixels in 4 × 5",
    ],
    [
      "a decoder's tokens",
      { ...about, tokens: { ...about.tokens, decoder: { tokens: ["x"] } } },
      given,
      "bad about.image: it is of an encoder's tokens alone",
    ],
  ] as const)("%s", (_, some, tensors_, message) => {
    expect(() => traceOfTensors(some, tensors_ as ReadonlyMap<string, Tensor>)).toThrow(message);
  });
});

test("a trace that the Python package wrote", async () => {
  const python = readFileSync(new URL("testing/python.safetensors", import.meta.url));
  const trace = await openTraceFile(async (start, end) => python.subarray(start, end));
  const { model, sites, tokens, attributions } = trace.about;
  expect(model.name).toBe("from Python");
  expect(sites.map(({ kind, layer, heads, kvHeads }) => [kind, layer, heads, kvHeads])).toEqual([
    ["encoder", 0, 2, 1],
    ["decoder", 0, 2, 2],
    ["cross", 0, 2, 2],
  ]);
  expect(tokens.encoder).toMatchObject({ tokens: [" so", "on", "\\xE9"], ids: [7, 8, 9], segments: [0, 0, 1] });
  expect(tokens.decoder?.special).toEqual([true, false]);
  expect(attributions).toEqual([
    { method: "mine", label: "mine", stack: "decoder", signed: true, values: [0.5, -0.25] },
  ]);
  const steps = (from: number, count: number) => Array.from({ length: count }, (_, i) => ((from + i) % 64) / 64);
  expect([...(await trace.attention(2, 1)).data]).toEqual(steps(6, 6));
  expect([...(await trace.queries(0, 1)).data]).toEqual(steps(12, 12));
  expect([...(await trace.keys(0, 1)).data]).toEqual(steps(0, 12));
});
