import { describe, expect, it } from "vitest";
import { forwardSelection, ridge, rSquared, solveSymmetric } from "./linear";
import { randomOf } from "./random";

const { uniform, normal, below } = randomOf(3);
const numbers = (n: number, draw: () => number) => Float64Array.from({ length: n }, draw);

/** The penalised squares that a fit leaves. */
function loss(x: Float64Array, y: Float64Array, w: Float64Array, alpha: number, c: Float64Array, c0: number): number {
  let sum = alpha * c.reduce((s, v) => s + v * v, 0);
  y.forEach((value, r) => {
    const fitted = c.reduce((s, v, i) => s + v * x[r * c.length + i], c0);
    sum += w[r] * (value - fitted) ** 2;
  });
  return sum;
}

describe("ridge regression", () => {
  it.each([
    [0, true],
    [1, true],
    [0.3, false],
  ])("is the minimum of its definition, alpha %f, intercept %s", (alpha, intercept) => {
    const x = numbers(40 * 5, () => below(2));
    const [y, w] = [numbers(40, normal), numbers(40, uniform)];
    const fit = ridge(x, 5, y, w, { alpha, intercept });
    const at = (i: number, by: number) =>
      loss(
        x,
        y,
        w,
        alpha,
        fit.coefficients.map((c, j) => c + (i === j ? by : 0)),
        fit.intercept + (i === 5 ? by : 0),
      );
    // a quadratic's slope is exact by central differences
    for (let i = 0; i < (intercept ? 6 : 5); i++) expect((at(i, 0.5) - at(i, -0.5)) / 1).toBeCloseTo(0, 9);
    if (!intercept) expect(fit.intercept).toBe(0);
  });

  it("takes the shortest of equal fits where columns are the same, or more than rows", () => {
    const x = [1, 1, 0, 0, 0, 1, 1, 1, 0, 0, 0, 1].map(Number);
    const fit = ridge(x, 3, [2, 0, 3, 1], [1, 1, 1, 1], { alpha: 0, intercept: true });
    expect(fit.coefficients[0]).toBeCloseTo(fit.coefficients[1], 12);
    const nearly = ridge(x, 3, [2, 0, 3, 1], [1, 1, 1, 1], { alpha: 1e-9, intercept: true });
    for (const [i, c] of fit.coefficients.entries()) expect(c).toBeCloseTo(nearly.coefficients[i], 6);
    const wide = ridge([1, 0, 1, 0, 1, 1], 3, [1, 2], [1, 1], { alpha: 0, intercept: false });
    expect(Array.from(wide.coefficients, (c) => Math.round(c * 1e9) / 1e9 + 0)).toEqual([0, 1, 1]);
  });

  it("explains what there is to explain", () => {
    const x = [0, 0, 1, 0, 0, 1, 1, 1];
    const y = [1, 3, 0, 2];
    const w = [1, 2, 3, 4];
    expect(rSquared(x, 2, y, w, ridge(x, 2, y, w, { alpha: 0, intercept: true }))).toBeCloseTo(1, 12);
    expect(rSquared(x, 2, y, w, { coefficients: new Float64Array(2), intercept: 1.5 })).toBeCloseTo(0, 12);
  });
});

it("solves by a matrix that was multiplied with", () => {
  const root = numbers(36, normal);
  const a = numbers(36, () => 0);
  for (let i = 0; i < 6; i++)
    for (let j = 0; j < 6; j++) for (let k = 0; k < 6; k++) a[i * 6 + j] += root[i * 6 + k] * root[j * 6 + k];
  const x = numbers(6, normal);
  const b = Float64Array.from(x, (_, i) => x.reduce((s, v, j) => s + a[i * 6 + j] * v, 0));
  for (const [i, v] of solveSymmetric(a, b).entries()) expect(v).toBeCloseTo(x[i], 8);
});

describe("forward selection", () => {
  it("takes at each step the column that explains most, as trying each one finds", () => {
    const x = numbers(60 * 6, () => below(2));
    const y = Float64Array.from({ length: 60 }, (_, r) => 2 * x[r * 6 + 4] - x[r * 6 + 1] + 0.3 * normal());
    const w = numbers(60, uniform);
    const tried: number[] = [];
    while (tried.length < 4) {
      const score = (c: number) => {
        const columns = [...tried, c];
        const part = Float64Array.from({ length: 60 * columns.length }, (_, i) => {
          return x[Math.floor(i / columns.length) * 6 + columns[i % columns.length]];
        });
        return rSquared(part, columns.length, y, w, ridge(part, columns.length, y, w, { alpha: 0, intercept: true }));
      };
      const rest = [0, 1, 2, 3, 4, 5].filter((c) => !tried.includes(c));
      tried.push(rest.reduce((best, c) => (score(c) > score(best) ? c : best)));
    }
    expect(forwardSelection(x, 6, y, w, 4)).toEqual(tried);
    expect(tried.slice(0, 2)).toEqual([4, 1]);
  });

  it("leaves out columns that say nothing new", () => {
    expect(forwardSelection([1, 1, 5, 0, 0, 5, 1, 1, 5], 3, [1, 0, 1], [1, 1, 1], 3)).toEqual([0]);
  });
});
