import { describe, expect, it } from "vitest";
import { randomOf, xoshiro } from "./random";

const many = (n: number, draw: () => number) => Array.from({ length: n }, draw);
const mean = (values: readonly number[]) => values.reduce((sum, v) => sum + v, 0) / values.length;

describe("random draws", () => {
  it("are those of xoshiro128**", () => {
    // checked against the published C algorithm carried out in exact integers
    expect(many(10, xoshiro([1, 2, 3, 4]))).toEqual([
      11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804,
    ]);
  });

  it("follow from the seed", () => {
    expect(many(5, randomOf(7).uniform)).toEqual(many(5, randomOf(7).uniform));
    expect(many(5, randomOf(7).uniform)).not.toEqual(many(5, randomOf(8).uniform));
    expect(() => randomOf(0.5)).toThrow("bad seed: 0.5");
  });

  it("are spread evenly", () => {
    const values = many(100_000, randomOf(1).uniform);
    expect(values.every((v) => v >= 0 && v < 1)).toBe(true);
    const bins = new Array<number>(20).fill(0);
    for (const v of values) bins[Math.floor(v * 20)]++;
    // 19 degrees of freedom: above 43.8 once in a thousand seeds
    expect(bins.reduce((sum, n) => sum + (n - 5000) ** 2 / 5000, 0)).toBeLessThan(43.8);
  });

  it("choose each of n equally often", () => {
    const { below } = randomOf(2);
    const counts = [0, 0, 0];
    for (let i = 0; i < 30_000; i++) counts[below(3)]++;
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(330); // 4 standard deviations
    expect(() => below(0)).toThrow("no choice: one of 0");
  });

  it("are normal with mean 0 and variance 1, and the fourth moment 3", () => {
    const values = many(100_000, randomOf(3).normal);
    expect(Math.abs(mean(values))).toBeLessThan(0.015);
    expect(mean(values.map((v) => v * v))).toBeCloseTo(1, 1);
    expect(Math.abs(mean(values.map((v) => v ** 4)) - 3)).toBeLessThan(0.15);
    expect(Math.abs(mean(values.slice(1).map((v, i) => v * values[i])))).toBeLessThan(0.015);
  });

  it("put all orders at equal chance", () => {
    const { permutation } = randomOf(4);
    const counts = new Map<string, number>();
    for (let i = 0; i < 24_000; i++) {
      const order = permutation(4);
      expect([...order].sort()).toEqual([0, 1, 2, 3]);
      counts.set(order.join(""), (counts.get(order.join("")) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    // 23 degrees of freedom: above 49.7 once in a thousand seeds
    expect([...counts.values()].reduce((sum, n) => sum + (n - 1000) ** 2 / 1000, 0)).toBeLessThan(49.7);
  });
});
