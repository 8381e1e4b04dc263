import { describe, expect, it } from "vitest";
import type { Attribution } from "./attribution";
import { measurePlausibility } from "./marks";

/** [CLS] un ##clever plot slow [SEP] by words. */
const units = [
  { tokens: [0], special: true },
  { tokens: [1, 2], special: false },
  { tokens: [3], special: false },
  { tokens: [4], special: false },
  { tokens: [5], special: true },
];
const said = (method: string, values: readonly number[]): Attribution => ({
  method,
  options: {},
  target: { position: null, index: 1 },
  encoding: { ids: [1, 2, 3, 4, 5, 6] } as unknown as Attribution["encoding"],
  units,
  values,
  signed: true,
  cost: { forward: 1, backward: 0, ms: 2 },
});

describe("tokens that a person marked", () => {
  it("are right with a method that has their units first, and wrong with one that has them last", () => {
    const { marked, methods } = measurePlausibility([said("a", [9, 3, 1, 2, 0]), said("b", [0, -3, 1, 2, 9])], [2]);
    expect(marked).toEqual([1]); // the word of which token 2 is part
    expect(methods.map((m) => m.method)).toEqual(["a", "b"]);
    expect(methods[0]).toMatchObject({ auprc: 1, f1: 1, iou: 1, top: 1 });
    expect(methods[1]).toMatchObject({ f1: 0, iou: 0 });
    // Precision 0, 0 and 1/3 at recalls 0, 0 and 1; it starts at 1.
    expect(methods[1].auprc).toBeCloseTo((1 / 3 + 0) / 2);
  });

  it("count as far as methods have a value for them", () => {
    const { methods } = measurePlausibility([said("a", [0, Number.NaN, 1, 2, 0]), said("b", [0, 3, 1, 2, 0])], [1, 4]);
    expect(methods.map((m) => m.f1)).toEqual([1, 1]);
  });

  it("are there, and not only special ones", () => {
    const all = [said("a", [9, 3, 1, 2, 0])];
    expect(() => measurePlausibility(all, [6])).toThrow("no such token: 6 of 6");
    expect(() => measurePlausibility(all, [0, 5])).toThrow("nothing marked");
    expect(measurePlausibility([], [1])).toEqual({ marked: [], methods: [] });
  });
});
