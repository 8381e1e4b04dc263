import { describe, expect, test } from "vitest";
import { node } from "../../onnx/testing/sample";
import { type Known, layoutOf, type Role } from "./layout";

const point = { batch: 1009, length: 23, image: [224, 224] } as const;
const at = node("Softmax", ["x"], ["y"], { name: "soft" });
const read = (dims: readonly number[], known: Known, folded: readonly Role[] | null = null) => {
  const { axes, heads } = layoutOf(dims, known, point, 23, at, folded);
  return [axes.map((roles) => roles.join("·")).join(" "), heads];
};

describe("axes by their sizes", () => {
  test.each([
    [[1009, 4, 23, 23], { 3: "key", 2: "token" }, "batch head token key", 4],
    [[1009, 23, 4, 23], { 3: "key", 1: "token" }, "batch token head key", 4],
    [[1009, 23, 23, 23], { 3: "key", 2: "token" }, "batch head token key", 23],
    [[4036, 23, 23], { 2: "key", 1: "token" }, "batch·head token key", 4],
    [[1009, 2, 3, 23, 23], { 4: "key", 3: "token" }, "batch head head token key", 6],
    [[1009, 23, 23], { 2: "key", 1: "token" }, "batch token key", 1],
    [[4, 23, 23], { 2: "key", 1: "token" }, "head token key", 4],
    [[23, 1009, 8], { 0: "token", 2: "width" }, "token batch width", 1],
    [[1009, 1, 4, 23, 23], { 4: "key", 3: "token" }, "batch head head token key", 4],
    [[1009, 4, 23, 23], { 3: "key" }, "batch head token key", 4],
  ] as const)("[%j] with %j", (dims, known, axes, heads) => {
    expect(read(dims, known as Known)).toEqual([axes, heads]);
  });

  test("queries of all heads in one axis, in the order that is known otherwise", () => {
    expect(read([1009, 92, 23], { 1: "token", 2: "key" }, ["token", "head"])).toEqual(["batch token·head key", 4]);
    expect(read([1009, 92, 23], { 1: "token", 2: "key" }, ["head", "token"])).toEqual(["batch head·token key", 4]);
  });
});

describe("where two readings are possible, neither is taken", () => {
  test.each([
    [[1009, 92, 23], { 1: "token", 2: "key" }, "[1009,92,23]: axis 1 holds more than the 23 tokens"],
    [
      [4036, 2, 23, 23],
      { 3: "key", 2: "token" },
      "[4036,2,23,23]: the batch is folded with something besides heads, such as windows",
    ],
    [[1009, 1009, 23, 23], { 3: "key", 2: "token" }, "[1009,1009,23,23]: two axes vary with the batch"],
    [[1009, 4, 5, 23], { 3: "key" }, "[1009,4,5,23]: no axis of 23 tokens"],
  ] as const)("[%j] with %j", (dims, known, why) => {
    expect(() => read(dims, known as Known)).toThrow(`unclear layout: ${why} (soft)`);
  });
});
