import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { openSafetensors, readSafetensors, SafetensorsError, writeSafetensors } from "./safetensors";
import { type DType, type Tensor, tensor, typedArrayOf } from "./tensor";
import { encodeUtf8 } from "./utf8";

const conformance =
  process.env.CONFORMANCE ?? fileURLToPath(new URL("../../e2e/fixtures/conformance", import.meta.url));
const goldens = (): Uint8Array => new Uint8Array(readFileSync(`${conformance}/bert-seqcls/goldens.safetensors`));

/** A file of this header and so many zero bytes. */
const file = (header: unknown, data = 0, text = JSON.stringify(header)): Uint8Array => {
  const json = encodeUtf8(text);
  const bytes = new Uint8Array(8 + json.length + data);
  new DataView(bytes.buffer).setUint32(0, json.length, true);
  bytes.set(json, 8);
  return bytes;
};

const everyType = (): Map<string, Tensor> => {
  const types: DType[] = [
    "bool",
    "int8",
    "uint8",
    "int16",
    "uint16",
    "float16",
    "bfloat16",
    "int32",
    "uint32",
    "float32",
    "int64",
    "uint64",
    "float64",
  ];
  return new Map(
    types.map((dtype, i) => {
      const Elements = typedArrayOf(dtype);
      const bytes = Uint8Array.from({ length: 3 * Elements.BYTES_PER_ELEMENT }, (_, k) => (k * 7 + i) % 2);
      return [`${dtype}/é`, tensor(dtype, [3, 1], new Elements(bytes.buffer))];
    }),
  );
};

test("a file of another writer: PyTorch's results", () => {
  const bytes = goldens();
  const { tensors } = readSafetensors(bytes);
  const ids = tensors.get("short.input_ids")!;
  expect(ids.dtype).toBe("int32");
  const n = ids.dims[0]!;
  const attention = tensors.get("short.attn.0")!;
  expect(attention).toMatchObject({ dtype: "float32", dims: [expect.any(Number), n, n] });
  // Rows of probabilities: [H, n, n] sums to 1 over the last.
  for (let row = 0; row < attention.data.length / n; row++) {
    const sum = (attention.data as Float32Array).subarray(row * n, (row + 1) * n).reduce((a, b) => a + b);
    expect(sum).toBeCloseTo(1, 5);
  }
  expect(tensors.size).toBeGreaterThan(100);
});

test("written and read again it is the same", () => {
  const { tensors, metadata } = readSafetensors(goldens());
  const back = readSafetensors(writeSafetensors(tensors, metadata));
  expect([...back.metadata]).toEqual([...metadata]);
  expect(back.tensors.size).toBe(tensors.size);
  for (const [name, { dtype, dims, data }] of tensors) {
    const now = back.tensors.get(name)!;
    expect([now.dtype, now.dims]).toEqual([dtype, dims]);
    const bytes = (of: Tensor["data"]) => Buffer.from(of.buffer, of.byteOffset, of.byteLength);
    expect(Buffer.compare(bytes(now.data), bytes(data))).toBe(0);
  }
});

test("every type, empty tensors, scalars and metadata", () => {
  const tensors = everyType();
  tensors.set("empty", tensor("float32", [0, 5], new Float32Array(0)));
  tensors.set("scalar", tensor("float64", [], Float64Array.of(Math.PI)));
  tensors.set("__proto__", tensor("uint8", [1], Uint8Array.of(9)));
  const bytes = writeSafetensors(tensors, new Map([["format", "pt"]]));
  const back = readSafetensors(bytes);
  expect(new Map([...back.tensors].sort())).toEqual(new Map([...tensors].sort()));
  expect([...back.metadata]).toEqual([["format", "pt"]]);
  // All are views of the file.
  for (const { data } of back.tensors.values()) expect(data.buffer).toBe(bytes.buffer);
});

test("at an odd place in memory, or in a Buffer, tensors are copied and right", () => {
  const tensors = everyType();
  const bytes = writeSafetensors(tensors);
  const shifted = Buffer.alloc(bytes.length + 16);
  const odd = 1 + ((8 - (shifted.byteOffset % 8)) % 8);
  shifted.set(bytes, odd);
  const back = readSafetensors(shifted.subarray(odd, odd + bytes.length));
  expect(new Map([...back.tensors].sort())).toEqual(new Map([...tensors].sort()));
});

describe("reading by ranges", () => {
  const ranges: [number, number][] = [];
  const reader = (bytes: Uint8Array) => async (start: number, end: number) => {
    ranges.push([start, end]);
    return bytes.slice(start, end);
  };

  test("fetches the header, and then only what is asked for", async () => {
    const bytes = goldens();
    const whole = readSafetensors(bytes).tensors;
    ranges.length = 0;
    const lazy = await openSafetensors(reader(bytes));
    expect(lazy.length).toBe(bytes.length);
    expect([...lazy.entries.keys()].sort()).toEqual([...whole.keys()].sort());
    expect(ranges).toHaveLength(2);
    expect(await lazy.read("short.attn.1")).toEqual(whole.get("short.attn.1"));
    const { start, end } = lazy.entries.get("short.attn.1")!;
    expect(ranges.slice(2)).toEqual([[start, end]]);
    await expect(lazy.read("nothing")).rejects.toMatchObject({ kind: "missing", message: "no tensor: nothing" });
  });

  test("a file cut short is told", async () => {
    const bytes = writeSafetensors(everyType());
    await expect(openSafetensors(reader(bytes.subarray(0, 5)))).rejects.toMatchObject({ kind: "truncated" });
    await expect(openSafetensors(reader(bytes.subarray(0, 100)))).rejects.toMatchObject({ kind: "truncated" });
    const lazy = await openSafetensors(reader(bytes.subarray(0, bytes.length - 1)));
    await expect(lazy.read("bool/é")).resolves.toMatchObject({ dtype: "bool" });
    await expect(lazy.read("uint8/é")).rejects.toMatchObject({ kind: "truncated" });
  });
});

const failure = (bytes: Uint8Array): SafetensorsError | null => {
  try {
    readSafetensors(bytes);
    return null;
  } catch (error) {
    if (error instanceof SafetensorsError) return error;
    throw error;
  }
};

describe("a hostile header is a typed error", () => {
  const f32 = { dtype: "F32", shape: [1], data_offsets: [0, 4] };
  test.each([
    ["no bytes", new Uint8Array(0), "truncated"],
    ["a header of 2^64 - 1", new Uint8Array(64).fill(0xff), "malformed"],
    ["a header over the end", Uint8Array.of(100, 0, 0, 0, 0, 0, 0, 0, 0x7b), "truncated"],
    ["no JSON", file(null, 0, "{oops"), "malformed"],
    ["no UTF-8", file(null, 0, "{}").fill(0xff, 8), "malformed"],
    ["a list", file([]), "malformed"],
    ["nested a million deep", file(null, 0, "[".repeat(1_000_000)), "malformed"],
    ["a number for a tensor", file({ w: 1 }), "malformed"],
    ["no dtype", file({ w: { ...f32, dtype: 1 } }, 4), "malformed"],
    ["an inherited name for a dtype", file({ w: { ...f32, dtype: "constructor" } }, 4), "unsupported"],
    ["a dtype that isn't held", file({ w: { ...f32, dtype: "F8_E4M3" } }, 4), "unsupported"],
    ["a negative size", file({ w: { ...f32, shape: [-1] } }, 4), "malformed"],
    ["a size that is no integer", file({ w: { ...f32, shape: [0.5] } }, 4), "malformed"],
    ["sizes whose product overflows", file({ w: { ...f32, shape: [2 ** 40, 2 ** 40] } }, 4), "malformed"],
    ["more bytes than the shape", file({ w: { ...f32, data_offsets: [0, 8] } }, 8), "malformed"],
    ["an end before the start", file({ w: { ...f32, data_offsets: [4, 0] } }, 8), "malformed"],
    ["one offset", file({ w: { ...f32, data_offsets: [0] } }, 4), "malformed"],
    ["a hole", file({ w: { ...f32, data_offsets: [4, 8] } }, 8), "malformed"],
    ["an overlap", file({ v: f32, w: f32 }, 4), "malformed"],
    ["data cut short", file({ w: f32 }, 3), "truncated"],
    ["data after the last tensor", file({ w: f32 }, 5), "malformed"],
    ["metadata that isn't text", file({ __metadata__: { a: 1 } }), "malformed"],
  ])("%s", (_, bytes, kind) => {
    expect(failure(bytes)?.kind).toBe(kind);
  });

  test("cut at every offset", () => {
    const bytes = writeSafetensors(everyType());
    for (let end = 0; end < bytes.length; end++) expect(failure(bytes.subarray(0, end))?.kind).toBe("truncated");
  });

  test("every bit flipped, one at a time", () => {
    const bytes = writeSafetensors(new Map([...everyType()].slice(0, 3)), new Map([["k", "v"]]));
    const kinds = new Set<string | undefined>();
    for (let i = 0; i < bytes.length * 8; i++) {
      bytes[i >> 3]! ^= 1 << (i & 7);
      kinds.add(failure(bytes)?.kind);
      bytes[i >> 3]! ^= 1 << (i & 7);
    }
    expect(kinds).toEqual(new Set([undefined, "malformed", "truncated", "unsupported"]));
  });
});

test("a tensor that the format has no type for is refused", () => {
  const tensors = new Map([["w", tensor("int4", [2], Uint8Array.of(1))]]);
  expect(() => writeSafetensors(tensors)).toThrow('no safetensors type: int4 of "w"');
});
