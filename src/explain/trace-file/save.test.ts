import { expect, test } from "vitest";
import { imageEncoding } from "../../image/patches";
import { float32, type Tensor } from "../../tensor/tensor";
import { encodeIds } from "../../text/ids";
import type { Trace } from "../trace";
import { openTraceFile } from "./open";
import { savedTrace } from "./save";

const steps = (dims: readonly number[]): Tensor =>
  float32(
    dims,
    Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, i) => (i % 8) / 8),
  );

test("of an image, the image is saved too, and its patches are where they were", async () => {
  const patches = { rows: 1, columns: 2, height: 2, width: 5, step: [2, 2], first: 1 } as const;
  const seen = {
    ...{ name: "cat.png", original: { width: 50, height: 20 }, width: 5, height: 2 },
    pixels: Uint8ClampedArray.from({ length: 40 }, (_, i) => (i % 4 === 3 ? 255 : (i * 37) % 256)),
  };
  const encoding = imageEncoding(patches, ["[CLS]"], ["[DET]"]);
  const trace: Trace = {
    encoding,
    sites: [{ index: 0, layer: 0, kind: "encoder", heads: 1, kvHeads: 1 }],
    logits: steps([1]),
    answers: [],
    attention: async () => steps([1, 4, 4]),
    queries: async () => steps([1, 4, 2]),
    keys: async () => steps([1, 4, 2]),
    values: async () => steps([1, 4, 2]),
    residual: async () => steps([4, 8]),
  };
  const bytes = await savedTrace(trace, { name: "vit", architecture: "ViT for images", labels: null }, [], seen);
  const opened = await openTraceFile(async (start, end) => bytes.subarray(start, end));
  expect(opened.about.tokens.encoder).toEqual(encoding);
  expect(await opened.image()).toEqual(seen);
  const words = await savedTrace(
    { ...trace, encoding: { ...encoding, patches: undefined } as never },
    opened.about.model,
  );
  expect(await (await openTraceFile(async (start, end) => words.subarray(start, end))).image()).toBeNull();
});

test("a saved pass is opened again with all that it held", async () => {
  const trace: Trace = {
    encoding: encodeIds("4 5 6"),
    sites: [{ index: 0, layer: 0, kind: "decoder", heads: 2, kvHeads: 1 }],
    logits: steps([1]),
    answers: [],
    attention: async () => steps([2, 3, 3]),
    queries: async () => steps([2, 3, 4]),
    keys: async () => steps([2, 3, 4]),
    values: async () => steps([2, 3, 4]),
    residual: async () => steps([3, 8]),
  };
  const bytes = await savedTrace(trace, { name: "tiny", architecture: "decoder", labels: null });
  const { about, attention, queries, keys } = await openTraceFile(async (start, end) => bytes.subarray(start, end));
  expect(about.model.name).toBe("tiny");
  expect(about.tokens.decoder?.ids).toEqual([4, 5, 6]);
  expect([...(await attention(0, 1)).data]).toEqual([...steps([2, 3, 3]).data.slice(9)]);
  expect([...(await queries(0)).data]).toEqual([...steps([2, 3, 4]).data]);
  expect([...(await keys(0, 1)).data]).toEqual([...steps([2, 3, 4]).data.slice(12)]);
});
