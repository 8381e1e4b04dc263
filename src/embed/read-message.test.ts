import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { APP, VERSION } from "./messages";
import { BadMessage, isMeant, readMessage } from "./read-message";

const message = (more: object) => ({ app: APP, version: VERSION, id: "1", ...more });

/** Of two patches behind one token. */
const traceOf = (image: object) => ({
  type: "trace",
  tokens: ["[CLS]", "r1c1", "r1c2"],
  attention: [{ layer: 0, dims: [1, 3, 3], data: new Float32Array(9) }],
  image,
});
const patches = { rows: 1, columns: 2, first: 1 };
const pixels = { dims: [2, 4, 4], data: new Uint8ClampedArray(32) };

describe("requests are read as they were written", () => {
  test.each([
    { type: "load", model: "sst-distilbert" },
    { type: "explain", text: "a b", methods: [{ id: "lime", options: { samples: 10, bow: true, kernel: "x" } }] },
    { type: "explain", ids: [1, 2], methods: [], target: { output: "Paris", against: 3, as: "probability" }, seed: 4 },
    { type: "explain", text: "a b", methods: [{ id: "random" }], metrics: true },
    { type: "attention", layer: 0, head: 3, kind: "cross" },
    { type: "show", view: "neuron", layer: 2, heads: [1], pinned: null, theme: "dark" },
    { type: "trace", tokens: ["a"], attention: [{ layer: 0, dims: [2, 1, 1], data: Float32Array.of(1, 1) }] },
    traceOf({ dims: [2, 4, 3], data: new Uint8Array(24), rows: 1, columns: 2, first: 1 }),
    traceOf({ ...pixels, rows: 1, columns: 2, first: 1, step: [2, 2], name: "a cat" }),
    { type: "export", format: "csv" },
    { type: "cancel", of: "0" },
  ])("$type", (request) => {
    expect(readMessage(message(request))).toEqual(message(request));
  });
});

describe("what can't be taken is named", () => {
  test.each([
    [{ type: "load" }, "bad message.model: not a string"],
    [{ type: "load", model: "a", more: 1 }, "bad message: unknown field more"],
    [{ type: "loaded", model: "a" }, "bad message.type: not one of load"],
    [{ type: "load", model: "a", version: 2 }, "bad message.version: 2 is not 1"],
    [{ type: "load", model: "a".repeat(301) }, "bad message.model: more than 300 characters"],
    [{ type: "explain", methods: [] }, "bad message: one of text, ids and image"],
    [{ type: "explain", text: "a", ids: [1], methods: [] }, "bad message: one of text, ids and image"],
    [
      { type: "explain", text: "a", methods: [{ id: "x", options: { a: {} } }] },
      "bad message.methods[0].options.a: not a",
    ],
    [{ type: "explain", text: "a", methods: Array(41).fill({ id: "x" }) }, "bad message.methods: more than 40"],
    [{ type: "explain", image: "a.png", methods: [] }, "bad message.image: not a Blob"],
    [{ type: "explain", text: "a", image: new Blob([]), methods: [] }, "bad message: one of text, ids and image"],
    [{ type: "explain", ids: [0.5], methods: [] }, "bad message.ids[0]: not a natural number"],
    [{ type: "attention", layer: -1 }, "bad message.layer: not a natural number"],
    [{ type: "show", view: "nowhere" }, "bad message.view: not one of"],
    [
      { type: "trace", tokens: ["a"], attention: [{ layer: 0, dims: [1, 1, 1], data: [1] }] },
      "bad message.attention[0].data: not a Float32Array",
    ],
    [
      { type: "trace", tokens: ["a"], attention: [{ layer: 0, dims: [1, 2, 2], data: new Float32Array(3) }] },
      "bad message.attention[0].data: 3 elements for [1,2,2]",
    ],
    [{ type: "trace", tokens: { other: [] }, attention: [] }, "bad message.tokens: unknown field other"],
    [traceOf(new Blob([])), "bad message.image.dims: not a list"],
    [
      traceOf({ ...patches, ...pixels, data: new Float32Array(32) }),
      "bad message.image.data: not a Uint8Array or Uint8C",
    ],
    [traceOf({ ...patches, ...pixels, dims: [2, 4, 3] }), "bad message.image.data: 32 elements for [2,4,3]"],
    [traceOf({ ...patches, ...pixels, dims: [4, 4, 2] }), "bad message.image.data: 32 elements for [4,4,2]"],
    [
      traceOf({ ...patches, dims: [0, 4, 3], data: new Uint8Array(0) }),
      "bad message.image.data: 0 elements for [0,4,3]",
    ],
    [
      traceOf({ ...patches, dims: [4097, 4096, 3], data: new Uint8Array(3) }),
      "bad message.image.data: more than 16777216",
    ],
    [traceOf({ ...pixels, columns: 2, first: 1 }), "bad message.image.rows: not a number"],
    [traceOf({ ...patches, ...pixels, rows: 3 }), "bad message.image: 3 × 2 patches of [0,2] pixels in 2 × 4"],
    [traceOf({ ...patches, ...pixels, step: [1, 3] }), "bad message.image: 1 × 2 patches of [1,3] pixels in 2 × 4"],
    [traceOf({ ...patches, ...pixels, step: [1, 2, 3] }), "bad message.image.step: more than 2"],
    [traceOf({ ...patches, ...pixels, step: [1] }), "bad message.image: 1 × 2 patches of [1] pixels"],
    [traceOf({ ...patches, ...pixels, name: "a".repeat(201) }), "bad message.image.name: more than 200 characters"],
    [traceOf({ ...patches, ...pixels, url: "x" }), "bad message.image: unknown field url"],
  ])("%j", (request, expected) => {
    expect(() => readMessage(message(request))).toThrow(expected);
  });

  test("with the id that it carries", () => {
    const caught = (data: unknown) => {
      try {
        readMessage(data);
      } catch (error) {
        return error;
      }
      return null;
    };
    expect(caught(message({ type: "x" }))).toMatchObject({ name: "BadMessage", of: "1" });
    expect(caught({ app: APP, version: VERSION, type: "load" })).toMatchObject({ of: null });
  });
});

test("nothing but a BadMessage is thrown, whatever comes", () => {
  const anything = fc.anything({ withBigInt: true, withDate: true, withMap: true, withTypedArray: true, maxDepth: 4 });
  const fields = fc.dictionary(
    fc.constantFrom("type", "text", "ids", "methods", "layer", "tokens", "attention", "image"),
    anything,
  );
  const types = fc.constantFrom("load", "explain", "attention", "show", "trace", "export", "cancel");
  fc.assert(
    fc.property(fields, types, anything, (some, type, other) => {
      for (const data of [other, message({ ...some }), message({ ...some, type })])
        try {
          readMessage(data);
        } catch (error) {
          expect(error).toBeInstanceOf(BadMessage);
        }
    }),
    { numRuns: 300 },
  );
});

test("others may share the window", () => {
  for (const data of [null, 1, "x", {}, { app: "another" }]) expect(isMeant(data)).toBe(false);
  expect(isMeant({ app: APP })).toBe(true);
});
