import { describe, expect, it } from "vitest";
import type { Attribution } from "./attribution";
import { compare } from "./comparison";
import { spearman } from "./metrics/spearman";

const encoding = { ids: [1, 2, 3, 4, 5, 6] } as unknown as Attribution["encoding"];
const units = [true, false, false, false, false, true].map((special, i) => ({ tokens: [i], special }));

const said = (method: string, values: readonly number[], signed = true): Attribution => ({
  method,
  options: {},
  target: { position: null, index: 1 },
  encoding,
  units,
  values,
  signed,
  cost: { forward: 1, backward: 0, ms: 2 },
});

const ig = said("integrated-gradients", [0, 0.1, -0.9, 0.4, 0.2, 0]);
const drop = said("leave-one-out", [0, 0.2, -0.7, 0.5, 0.1, 0]);
const attention = said("raw-attention", [0.4, 0.1, 0.3, 0.15, 0.05, 0], false);

describe("compare", () => {
  it("leaves special tokens out", () => {
    const found = compare([ig, attention]);
    expect(found.units).toEqual([1, 2, 3, 4]);
    expect(found.methods[1].top).toEqual([2, 3, 1]);
    expect(found.spearman[0][0]).toMatchObject({ rho: 1, n: 4 });
  });

  it("leaves out what a method has no value for", () => {
    const found = compare([ig, said("leave-one-out", [0, 0.2, Number.NaN, 0.5, 0.1, 0])]);
    expect(found.units).toEqual([1, 3, 4]);
    expect(found.spearman[0][1]).toEqual(spearman([0.1, 0.4, 0.2], [0.2, 0.5, 0.1]));
    expect(found.methods.map((m) => m.top)).toEqual([
      [3, 4, 1],
      [3, 1, 4],
    ]);
  });

  it("compares signed values of two signed methods, and magnitudes where one has no sign", () => {
    const { spearman: rho, kendall: tau } = compare([ig, drop, attention]);
    expect(rho[0][1]).toEqual(spearman([0.1, -0.9, 0.4, 0.2], [0.2, -0.7, 0.5, 0.1]));
    expect(rho[0][2]).toEqual(spearman([0.1, 0.9, 0.4, 0.2], [0.1, 0.3, 0.15, 0.05]));
    expect(rho[2][0]).toEqual(rho[0][2]);
    expect(tau[1][2].rho).toBeCloseTo(1);
    const pick = (scale: "signed" | "absolute") => compare([ig, drop, attention], { scale }).spearman;
    expect(pick("signed")[0][2]).toEqual(spearman([0.1, -0.9, 0.4, 0.2], [0.1, 0.3, 0.15, 0.05]));
    expect(pick("absolute")[0][1]).toEqual(spearman([0.1, 0.9, 0.4, 0.2], [0.2, 0.7, 0.5, 0.1]));
  });

  it("names the units that methods rank most unlike, and the two methods that agree least", () => {
    const turned = said("random", [0, 0.4, 0.3, 0.2, 0.1, 0]);
    const { disputes, farthest } = compare([ig, drop, turned]);
    expect(farthest).toEqual([0, 2]); // rho -0.6; 0 between the second and the third
    expect(disputes[0]).toEqual({ unit: 2, ranks: [4, 4, 2], spread: expect.closeTo(Math.sqrt(8 / 9)) });
    expect(disputes.map((d) => d.spread)).toEqual(disputes.map((d) => d.spread).sort((a, b) => b - a));
  });

  it("takes a signed method's top by its signed values, and says how far its sum is off", () => {
    const complete = { ...ig, completeness: { expected: -0.25, sum: -0.2 } };
    const { methods, overlap } = compare([complete, drop], { top: 2 });
    expect(methods[0].top).toEqual([3, 4]);
    expect(methods[0].gap).toBeCloseTo(0.2);
    expect(methods[1].gap).toBeNull();
    expect(overlap[0][1]).toBe(0.5);
  });

  it("refuses attributions of other units, and none", () => {
    const words = { ...ig, units: [{ tokens: [0, 1, 2, 3, 4, 5], special: false }] };
    expect(() => compare([ig, words])).toThrow("not of the same units: integrated-gradients");
    expect(() => compare([])).toThrow("nothing to compare");
  });
});
