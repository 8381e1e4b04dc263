import { describe, expect, test } from "vitest";
import { traceOfTensors } from "../explain/trace-file/open";
import { APP, type Trace, VERSION } from "./messages";
import { sourceOfTrace } from "./posted-trace";

const attention = [{ layer: 0, dims: [1, 3, 3], data: new Float32Array(9).fill(1 / 3) }];
const tokens = ["[CLS]", "r1c1", "r1c2"];
const posted = (more: Partial<Trace>): Trace => ({
  ...{ app: APP, version: VERSION, id: "1", type: "trace", tokens, attention },
  ...more,
});

/** As the worker opens it. */
function opened(trace: Trace) {
  const source = sourceOfTrace(trace);
  if (source.kind !== "trace" || !("about" in source.from)) throw new Error("no posted trace");
  return traceOfTensors(source.from.about, source.from.tensors);
}

describe("a posted image", () => {
  const rgb = Uint8Array.from({ length: 24 }, (_, i) => i * 10); // [2, 4, 3]
  const rgba = Uint8ClampedArray.from({ length: 32 }, (_, i) => (i % 4 === 3 ? 7 : rgb[(i >> 2) * 3 + (i % 4)]!));
  const placed = { rows: 1, columns: 2, first: 1 };
  const within = new Uint8Array([9, ...rgb]).subarray(1); // as a part of a larger buffer

  test.each([
    ["red, green and blue", { dims: [2, 4, 3], data: rgb }],
    ["a part of a buffer", { dims: [2, 4, 3], data: within }],
    ["as an ImageData has it", { dims: [2, 4, 4], data: rgba }],
  ])("%s lies beneath its tokens", async (_, pixels) => {
    const trace = opened(posted({ image: { ...placed, ...pixels, name: "a cat" } }));
    const seen = (await trace.image())!;
    expect(seen).toMatchObject({ name: "a cat", width: 4, height: 2 });
    expect([...seen.pixels.filter((_, i) => i % 4 < 3)]).toEqual([...rgb]);
    expect([...seen.pixels.filter((_, i) => i % 4 === 3)]).toEqual(Array(8).fill(255));
    expect(trace.about.tokens.encoder?.patches).toEqual({ ...placed, height: 2, width: 4, step: [2, 2] });
    expect(trace.about.tokens.encoder?.special).toEqual([true, false, false]);
  });

  test.each([
    ["more patches than tokens", {}, { first: 2 }, "1 × 2 patches from token 2 on, of 3 tokens"],
    ["a decoder's tokens", { attention: [{ ...attention[0]!, kind: "decoder" }] }, {}, "it is of an encoder's tokens"],
  ] as const)("%s are refused", (_, more, where, message) => {
    const image = { ...placed, ...where, dims: [2, 4, 3], data: rgb };
    expect(() => opened(posted({ ...more, image }))).toThrow(message);
  });

  test("without one, tokens are of a text", async () => {
    const trace = opened(posted({ tokens: ["[CLS]", "a", "b"] }));
    expect(await trace.image()).toBeNull();
    expect(trace.about.tokens.encoder?.patches).toBeUndefined();
  });
});
