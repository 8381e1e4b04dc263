import { describe, expect, it } from "vitest";
import { defaultRemoval, substituteOf, without } from "./removal";

const row = { ids: [2, 10, 11, 12, 3], mask: [1, 1, 1, 1, 1], segments: [0, 0, 0, 1, 1], position: 3 };
const units = [[0], [1, 2], [3], [4]].map((tokens) => ({ tokens, special: false }));

describe("units taken away", () => {
  it("replaces every token of a unit and leaves the rest", () => {
    expect(without(row, units, [1], 9, false)).toEqual({ ...row, ids: [2, 9, 9, 12, 3] });
  });

  it("deletes them, and reads where the same token is now", () => {
    expect(without(row, units, [1], null, false)).toEqual({
      ids: [2, 12, 3],
      mask: [1, 1, 1],
      segments: [0, 1, 1],
      position: 1,
    });
    expect(without({ ...row, position: null }, units, [1, 3], null, false)).toMatchObject({
      ids: [2, 12],
      position: null,
    });
  });

  it("reads at the last token that is left before, where the model reads from left to right", () => {
    expect(without(row, units, [2], null, true)).toMatchObject({ ids: [2, 10, 11, 3], position: 2 });
    expect(without(row, units, [0, 1, 2], null, true)).toBeNull();
  });

  it("has no answer where its place is gone, or everything", () => {
    expect(without(row, units, [2], null, false)).toBeNull();
    expect(without({ ...row, position: null }, units, [0, 1, 2, 3], null, false)).toBeNull();
  });

  it("takes the token that a vocabulary has", () => {
    expect(defaultRemoval({ pad: 0, mask: 4, unknown: 1 })).toBe("mask");
    expect(defaultRemoval({ pad: 0, mask: null, unknown: 1 })).toBe("unknown");
    expect(defaultRemoval({ pad: 0, mask: null, unknown: null })).toBe("pad");
    expect(substituteOf({ pad: 0, mask: 4, unknown: null }, "pad")).toBe(0);
    expect(substituteOf({ pad: null, mask: null, unknown: null }, "delete")).toBeNull();
    expect(() => substituteOf({ pad: 0, mask: null, unknown: 1 }, "mask")).toThrow(
      "no substitute: the vocabulary has no mask token",
    );
  });
});
