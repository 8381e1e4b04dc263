import { describe, expect, test, vi } from "vitest";
import { decodeModel } from "./decode";
import { encodeModel } from "./encode";
import { OnnxError } from "./error";
import type { Model } from "./model";
import { fixture } from "./testing/fixtures";
import { randomNumbers } from "./testing/random";
import { sampleModel } from "./testing/sample";

vi.setConfig({ testTimeout: 60_000 });

/** The model, or the typed error; any other exception is the test's failure. */
function attempt(bytes: Uint8Array): Model | OnnxError {
  try {
    return decodeModel(bytes);
  } catch (error) {
    if (error instanceof OnnxError) return error;
    throw error;
  }
}

const kindOf = (bytes: Uint8Array): string => {
  const result = attempt(bytes);
  return result instanceof OnnxError ? result.kind : "decoded";
};

const varint = (value: number): number[] =>
  value < 0x80 ? [value] : [(value % 0x80) | 0x80, ...varint(Math.floor(value / 0x80))];

const field = (number: number, body: ArrayLike<number>): Uint8Array => {
  const head = [...varint((number << 3) | 2), ...varint(body.length)];
  const bytes = new Uint8Array(head.length + body.length);
  bytes.set(head);
  bytes.set(body, head.length);
  return bytes;
};

const join = (...parts: ArrayLike<number>[]): Uint8Array => {
  const bytes = new Uint8Array(parts.reduce((n, part) => n + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
};

/** ir_version 8, this graph, opset 18. */
const modelOf = (graph: ArrayLike<number>): Uint8Array => join([0x08, 8], field(7, graph), [0x42, 2, 0x10, 18]);

const fixtures = ["bert-seqcls/onnx/model_quantized.onnx", "gpt2-merged-past/onnx/decoder_model_merged.onnx"];

describe("a file cut short", () => {
  test("at every offset of a small one", () => {
    const bytes = encodeModel(sampleModel());
    const counts: Record<string, number> = {};
    for (let end = 0; end < bytes.length; end++) {
      const kind = kindOf(bytes.slice(0, end));
      counts[kind] = (counts[kind] ?? 0) + 1;
    }
    // Before the first field is whole it's no ONNX; between fields a cut is a shorter model.
    expect(counts).toEqual({
      "not-onnx": expect.any(Number),
      decoded: expect.any(Number),
      truncated: expect.any(Number),
    });
    expect(counts["not-onnx"]).toBeLessThan(5);
    expect(counts.decoded).toBeLessThan(5);
  });

  test.each(fixtures)("at random offsets of %s", (file) => {
    const bytes = fixture(file);
    const random = randomNumbers(1);
    for (let i = 0; i < 200; i++) {
      const end = 32 + Math.floor(random() * (bytes.length - 64));
      const result = attempt(bytes.subarray(0, end));
      expect(result).toMatchObject({ kind: "truncated" });
      expect((result as OnnxError).message).toMatch(/cut short: graph wants \d+ bytes, \d+ are left/);
    }
  });
});

describe("flipped bits give a typed error or another model", () => {
  test("every bit of a small one", () => {
    const bytes = encodeModel(sampleModel());
    const kinds = new Set<string>();
    for (let i = 0; i < bytes.length * 8; i++) {
      bytes[i >> 3]! ^= 1 << (i & 7);
      kinds.add(kindOf(bytes));
      bytes[i >> 3]! ^= 1 << (i & 7);
    }
    expect([...kinds].sort()).toEqual(["decoded", "malformed", "not-onnx", "truncated", "unsupported"]);
  });

  test.each(fixtures)("random ones of %s", (file) => {
    const original = fixture(file);
    // Most of a file is weights, where a flip shows nowhere: aim at what is around them.
    const { graph } = decodeModel(original);
    const structure: number[] = [];
    let at = 0;
    for (const { source } of graph.initializers.values()) {
      if (source.kind !== "bytes" || source.offset === null || source.bytes.length < 256) continue;
      for (; at < source.offset; at++) structure.push(at);
      at = source.offset + source.bytes.length;
    }
    const random = randomNumbers(2);
    const kinds: Record<string, number> = {};
    for (let i = 0; i < 300; i++) {
      const bytes = original.slice();
      for (let flips = 1 + Math.floor(random() * 4); flips > 0; flips--)
        bytes[structure[Math.floor(random() * structure.length)]!]! ^= 1 << Math.floor(random() * 8);
      const kind = kindOf(bytes);
      kinds[kind] = (kinds[kind] ?? 0) + 1;
    }
    expect(kinds.malformed).toBeGreaterThan(30);
    expect(kinds.decoded).toBeGreaterThan(30);
  });

  test("a decoded mutant can be written and read again", () => {
    const original = encodeModel(sampleModel());
    const random = randomNumbers(3);
    let decoded = 0;
    for (let i = 0; i < 2000; i++) {
      const bytes = original.slice();
      bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
      const result = attempt(bytes);
      if (result instanceof OnnxError) continue;
      decodeModel(encodeModel(result));
      decoded++;
    }
    expect(decoded).toBeGreaterThan(500);
  });
});

describe("random bytes and hostile lengths", () => {
  test("random fields", () => {
    const random = randomNumbers(4);
    const lengths = [0, 1, 127, 128, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 40, 2 ** 53];
    for (let i = 0; i < 5000; i++) {
      const bytes: number[] = [0x08, 8, 0x3a, ...varint(40)];
      while (bytes.length < 60)
        if (random() < 0.3) bytes.push(...varint(lengths[Math.floor(random() * lengths.length)]!));
        else bytes.push(random() < 0.5 ? (Math.floor(random() * 26) << 3) | 2 : Math.floor(random() * 256));
      attempt(Uint8Array.from(bytes));
    }
  });

  test.each([
    ["a length over the end of the file", [0x08, 8, 0x3a, 0xff, 0xff, 0xff, 0xff, 0x7f], "truncated"],
    ["a length of 2^64 - 1", [0x08, 8, 0x3a, ...new Array<number>(9).fill(0xff), 1], "truncated"],
    ["an overlong varint", [0x08, ...new Array<number>(10).fill(0x80), 1], "not-onnx"],
    ["a varint over 64 bits", [0x08, 8, 0x42, 12, 0x10, ...new Array<number>(9).fill(0xff), 2, 0], "malformed"],
    ["a varint without an end", [0x08, 8, 0x42, 3, 0x10, 0x80, 0x80], "malformed"],
    ["field 0", [0x08, 8, 0x3a, 2, 0x02, 0], "malformed"],
    ["a group", [0x08, 8, 0x3a, 2, 0x83, 0x06], "malformed"],
    ["a graph as a varint", [0x08, 8, 0x38, 1], "malformed"],
    ["a name as a varint", [0x08, 8, 0x3a, 2, 0x10, 1], "malformed"],
    ["two graphs", [0x08, 8, 0x3a, 0, 0x3a, 0], "malformed"],
    ["a name that isn't UTF-8", [0x08, 8, 0x3a, 3, 0x12, 1, 0xff], "malformed"],
    ["a nested length over its message", [0x08, 8, 0x3a, 2, 0x0a, 100, ...new Array<number>(200).fill(0)], "malformed"],
    // node { attribute { name "a", floats: 3 bytes } }
    ["packed floats of 3 bytes", modelOf(field(1, field(5, [0x3a, 3, 0, 0, 0]))), "malformed"],
    ["no operator set", [0x08, 8, 0x3a, 0, 0x72, 0], "malformed"],
    ["the end right after the graph", [0x08, 8, 0x3a, 0], "truncated"],
  ])("%s", (_, bytes, kind) => {
    expect(kindOf(Uint8Array.from(bytes))).toBe(kind);
  });

  test("graphs in graphs: 20 are fine, 100000 are not", () => {
    const nested = (depth: number): Uint8Array => {
      // Each level is node { attribute { g { ... } } }; lengths are written from the inside out.
      const heads: number[][] = [];
      let length = 0;
      for (let i = 0; i < depth; i++) {
        const head: number[] = [];
        for (const number of [6, 5, 1]) {
          const own = [(number << 3) | 2, ...varint(length)];
          head.unshift(...own);
          length += own.length;
        }
        heads.push(head);
      }
      return modelOf(Uint8Array.from(heads.reverse().flat()));
    };
    expect(kindOf(nested(20))).toBe("decoded");
    expect(attempt(nested(100_000))).toMatchObject({ kind: "malformed", message: expect.stringContaining("deep") });
  });
});

describe("memory stays within a multiple of the file", () => {
  test.each([
    ["node", 1],
    ["input", 11],
    ["value_info", 13],
  ])(
    "a million of empty messages: %s",
    (_, number) => {
      const graph = new Uint8Array(2_200_000);
      for (let i = 0; i < graph.length; i += 2) graph[i] = (number << 3) | 2;
      expect(kindOf(modelOf(graph))).toBe("too-large");
    },
    30_000,
  );

  test("millions of strings and numbers", () => {
    const strings = new Uint8Array(8_500_000);
    for (let i = 0; i < strings.length; i += 2) strings[i] = 0x0a;
    expect(kindOf(modelOf(field(1, strings)))).toBe("too-large");
    const ints = field(1, field(5, field(8, new Uint8Array(4_500_000))));
    expect(kindOf(modelOf(ints))).toBe("too-large");
    const dims = field(5, field(1, new Uint8Array(4_500_000)));
    expect(kindOf(modelOf(dims))).toBe("too-large");
  });

  test("dims that promise terabytes reserve nothing", () => {
    const before = process.memoryUsage().arrayBuffers;
    // name "w", int64, dims 2^40, no data; and the same with one element.
    for (const data of [[], [0x3a, 1, 0]]) {
      const tensor = [0x08, 0x80, 0x80, 0x80, 0x80, 0x80, 0x20, 0x10, 7, 0x42, 1, 0x77, ...data];
      expect(kindOf(modelOf(field(5, tensor)))).toBe("malformed");
    }
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10_000_000);
  });

  test("weights that share a file's bytes aren't copied", () => {
    const bytes = fixture("gpt2/onnx/model.onnx");
    const before = process.memoryUsage().arrayBuffers;
    const models = Array.from({ length: 20 }, () => decodeModel(bytes));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(bytes.length);
    expect(models).toHaveLength(20);
  });
});
