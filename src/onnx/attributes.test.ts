import { describe, expect, test } from "vitest";
import { float32, int64, type Tensor, tensor } from "../tensor/tensor";
import {
  bytesOf,
  float,
  floatAttribute,
  floats,
  floatsAttribute,
  graphAttribute,
  graphsOf,
  int,
  intAttribute,
  ints,
  intsAttribute,
  string,
  stringAttribute,
  strings,
  stringsAttribute,
  tensorAttribute,
  tensorOf,
  weightAttribute,
  weightOf,
} from "./attributes";
import { OnnxError } from "./error";
import type { Attribute, Weight } from "./model";
import { graph, node } from "./testing/sample";

const holding = (attributes: Record<string, Attribute>) =>
  node("Op", [], [], { name: "/op", attributes: new Map(Object.entries(attributes)) });

describe("attributes", () => {
  const inner = graph({ name: "inner" });
  const it = holding({
    axis: int(-1),
    ends: ints([1, 2n ** 63n]),
    alpha: float(0.1),
    scales: floats([0.1, 2]),
    mode: string("tanh"),
    keys: strings(["a", "é"]),
    value: tensorAttribute(weightOf("v", float32([], [1]))),
    then_branch: { type: "graph", value: inner },
    bodies: { type: "graphs", value: [inner, inner] },
    broken: { type: "string", value: Uint8Array.of(0xff) },
  });

  test("are read by type", () => {
    expect(intAttribute(it, "axis", 0)).toBe(-1);
    expect(intsAttribute(it, "ends", null)).toEqual([1, 2 ** 63]);
    expect(floatAttribute(it, "alpha", 0)).toBe(Math.fround(0.1));
    expect(floatsAttribute(it, "scales", null)).toEqual([Math.fround(0.1), 2]);
    expect(stringAttribute(it, "mode", "none")).toBe("tanh");
    expect(stringsAttribute(it, "keys", null)).toEqual(["a", "é"]);
    expect(weightAttribute(it, "value")?.name).toBe("v");
    expect(graphAttribute(it, "then_branch")).toBe(inner);
    expect(graphsOf(it)).toEqual([inner, inner, inner]);
  });

  test("have fallbacks, where they are absent", () => {
    const bare = node("Op", [], []);
    expect(intAttribute(bare, "axis", 7)).toBe(7);
    expect(intsAttribute(bare, "axes", null)).toBe(null);
    expect(floatAttribute(bare, "alpha", null)).toBe(null);
    expect(floatsAttribute(bare, "scales", [1])).toEqual([1]);
    expect(stringAttribute(bare, "mode", "none")).toBe("none");
    expect(stringsAttribute(bare, "keys", null)).toBe(null);
    expect(weightAttribute(bare, "value")).toBe(null);
    expect(() => graphAttribute(bare, "body")).toThrow("no attribute: body (Op )");
  });

  test("of another type are an error that names the node", () => {
    expect(() => intAttribute(it, "alpha", 0)).toThrow(OnnxError);
    expect(() => intAttribute(it, "alpha", 0)).toThrow("wrong attribute type: alpha is float instead of int (Op /op)");
    expect(() => stringAttribute(it, "broken", null)).toThrow("bad UTF-8: broken (Op /op)");
  });

  test("integers saturate at 64 bits", () => {
    expect(int(2 ** 63).value).toBe(2n ** 63n - 1n);
    expect(int(-(2 ** 70)).value).toBe(-(2n ** 63n));
  });
});

describe("weights", () => {
  test.each<Tensor>([
    float32([2], [1, 2]),
    int64([1], [-1n]),
    tensor("int4", [3], Uint8Array.of(0x21, 3)),
    tensor("float16", [2], Uint16Array.of(1, 2)),
  ])("hold tensors without a copy: $dtype", (it) => {
    const back = tensorOf(weightOf("w", it));
    expect(back).toEqual(it);
    expect(back.data.buffer).toBe(it.data.buffer);
  });

  test("are copied where they aren't aligned, from a Buffer too", () => {
    const file = Buffer.alloc(64);
    file.writeFloatLE(1.5, 3);
    const at = (offset: number): Weight => ({
      name: "w",
      dtype: "float32",
      dims: [1],
      source: { kind: "bytes", bytes: file.subarray(offset, offset + 4), offset },
    });
    const odd = file.byteOffset % 4 === 0 ? 3 : 3 - (file.byteOffset % 4) + 4;
    file.writeFloatLE(1.5, odd);
    expect([...tensorOf(at(odd)).data]).toEqual([1.5]);
    expect(tensorOf(at(odd)).data.buffer).not.toBe(file.buffer);
  });

  test("in other files are found by location", () => {
    const source = { kind: "external", location: "./w.bin", offset: 4, length: 4 } as const;
    const weight: Weight = { name: "w", dtype: "float32", dims: [1], source };
    const file = new Uint8Array(Float32Array.of(1, 2, 3).buffer);
    expect([...tensorOf(weight, new Map([["w.bin", file]])).data]).toEqual([2]);
    expect(() => bytesOf(weight)).toThrow('missing external data: ./w.bin, wanted by "w"');
    expect(() => bytesOf(weight, new Map([["w.bin", file.subarray(0, 6)]]))).toThrow(
      "external data cut short: ./w.bin",
    );
  });

  test("of strings are no tensors", () => {
    const weight: Weight = { name: "w", dtype: "string", dims: [0], source: { kind: "strings", values: [] } };
    expect(() => tensorOf(weight)).toThrow('no numbers: string tensor "w"');
  });
});
