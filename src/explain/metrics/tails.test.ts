import { describe, expect, it } from "vitest";
import { incompleteBeta, logGamma, normalTail, studentTail } from "./tails";

/** Figures of SciPy 1.17. */
const near = (found: number, wanted: number, relative = 1e-12): void =>
  expect(Math.abs(found - wanted) / Math.abs(wanted || 1)).toBeLessThan(relative);

describe("tails of distributions", () => {
  it.each([
    [0.5, 1, 0.7048327646991335],
    [1, 2, 0.4226497308103742],
    [2.2, 5, 0.07909389790318237],
    [-3.3, 18, 0.00398130697722601],
    [12, 4, 0.000276428548502973],
    [0.01, 100, 0.9920412102344285],
    [40, 30, 1.3726045194406417e-27],
  ])("Student's t at %d with %d degrees of freedom", (t, freedom, p) => near(studentTail(t, freedom), p));

  it.each([
    [0.1, 0.920344325445942],
    [1, 0.31731050786291415],
    [-1.96, 0.04999579029644087],
    [2.5, 0.012419330651552265],
    [3, 0.0026997960632601866],
    [5, 5.733031437583866e-7],
    [10, 1.523970604832094e-23],
  ])("the normal distribution at %d", (z, p) => near(normalTail(z), p));

  it.each([
    [0.2, 0.5, 3, 0.733430296619931],
    [0.9, 10, 2, 0.6973568802],
    [0.5, 50, 60, 0.8309072939016693],
    [0.001, 0.5, 0.5, 0.020135041633377492],
  ])("the incomplete beta function I_%d(%d, %d)", (x, a, b, value) => near(incompleteBeta(x, a, b), value));

  it.each([
    [0.25, 1.2880225246980774],
    [0.5, 0.5723649429247],
    [3.7, 1.428072326665388],
    [25, 54.78472939811232],
  ])("ln Γ(%d)", (x, value) => near(logGamma(x), value));

  it("is 1 at 0, 0 at the end, and the same on both sides", () => {
    expect([studentTail(0, 7), normalTail(0)]).toEqual([1, 1]);
    expect(studentTail(Number.POSITIVE_INFINITY, 3)).toBe(0);
    expect(studentTail(-2, 9)).toBe(studentTail(2, 9));
  });
});
