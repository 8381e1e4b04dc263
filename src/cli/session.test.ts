import { onnx } from "onnx-proto";
import { describe, expect, test } from "vitest";
import type { DType, Tensor } from "../tensor/tensor";
import { float32, int64, tensor, typedArrayOf } from "../tensor/tensor";
import { createNodeSession } from "./session";

const Types = onnx.TensorProto.DataType;
const codes: Partial<Record<DType, number>> = {
  float32: Types.FLOAT,
  float64: Types.DOUBLE,
  float16: Types.FLOAT16,
  int8: Types.INT8,
  int16: Types.INT16,
  int32: Types.INT32,
  int64: Types.INT64,
  uint8: Types.UINT8,
  uint16: Types.UINT16,
  uint32: Types.UINT32,
  uint64: Types.UINT64,
  bool: Types.BOOL,
};
const info = (name: string, dtype: DType): onnx.IValueInfoProto => ({
  name,
  type: { tensorType: { elemType: codes[dtype], shape: { dim: [{ dimParam: "n" }] } } },
});
const file = (graph: onnx.IGraphProto): Uint8Array =>
  onnx.ModelProto.encode({ irVersion: 8, opsetImport: [{ domain: "", version: 17 }], graph }).finish();

const identity = (dtype: DType) =>
  file({
    name: "identity",
    node: [{ opType: "Identity", input: ["x"], output: ["y"] }],
    input: [info("x", dtype)],
    output: [info("y", dtype)],
  });

describe("a session under Node", () => {
  test.each(Object.keys(codes) as DType[])("carries %s there and back, empty too", async (dtype) => {
    const session = await createNodeSession({ graph: identity(dtype), external: [] });
    for (const length of [3, 0]) {
      const Elements = typedArrayOf(dtype);
      const data = new Elements(length);
      for (let i = 0; i < length; i++)
        data[i] = (data instanceof BigInt64Array || data instanceof BigUint64Array ? BigInt(i % 2) : i % 2) as never;
      const x = tensor(dtype, [length], data);
      const { y } = await session.run({ x }, ["y"]);
      expect(y).toEqual(x);
    }
    await session.release();
  });

  // A weight of 100,000 floats, whose bytes are read out of another file at an odd offset.
  const n = 100_000;
  const weights = Float32Array.from({ length: n }, (_, i) => i / 7);
  const outside = new Uint8Array(13 + 4 * n);
  outside.set(new Uint8Array(weights.buffer), 13);
  const sum = file({
    name: "sum",
    node: [
      { opType: "Mul", input: ["x", "w"], output: ["p"] },
      { opType: "ReduceMax", input: ["p"], output: ["y"], attribute: [{ name: "keepdims", type: 2, i: 0 }] },
    ],
    input: [info("x", "float32")],
    output: [{ name: "y" }, { name: "p" }],
    initializer: [
      {
        name: "w",
        dataType: Types.FLOAT,
        dims: [n],
        dataLocation: onnx.TensorProto.DataLocation.EXTERNAL,
        externalData: [
          { key: "location", value: "orig" },
          { key: "offset", value: "13" },
          { key: "length", value: String(4 * n) },
        ],
      },
    ],
  });

  test("reads weights from bytes in memory, and fetches only what is asked for", async () => {
    const session = await createNodeSession({ graph: sum, external: [{ path: "orig", data: outside }] });
    expect(session.inputNames).toEqual(["x"]);
    expect(session.outputNames).toEqual(["y", "p"]);
    const results = await session.run({ x: float32([1], [2]) }, ["y"]);
    expect(Object.keys(results)).toEqual(["y"]);
    expect(results.y).toEqual(float32([], [Math.fround(weights[n - 1]! * 2)]));
    await session.release();
  });

  test("runs one after another, in the order of the calls, and goes on after one that failed", async () => {
    const session = await createNodeSession({ graph: sum, external: [{ path: "orig", data: outside }] });
    const order: string[] = [];
    const call = (name: string, x: Tensor) =>
      session.run({ x }, ["y"]).then(
        () => order.push(name),
        () => order.push(`${name} failed`),
      );
    await Promise.all([
      call("first", float32([1], [1])),
      call("second", int64([1], [1])),
      call("third", float32([n], weights)),
      call("fourth", float32([1], [1])),
    ]);
    expect(order).toEqual(["first", "second failed", "third", "fourth"]);
    await session.release();
  });

  test("refuses what ONNX Runtime has no type for", async () => {
    const session = await createNodeSession({ graph: identity("float32"), external: [] });
    const x = tensor("bfloat16", [1], new Uint16Array(1));
    await expect(session.run({ x }, ["y"])).rejects.toThrow("cannot feed: x of type bfloat16");
    await session.release();
  });
});
