import { describe, expect, it } from "vitest";
import { captumTrapezoid, gaussLegendre, spreadOrder, trapezoid } from "./quadrature";

const integral = ({ nodes, weights }: ReturnType<typeof gaussLegendre>, f: (x: number) => number) =>
  nodes.reduce((sum, x, k) => sum + weights[k] * f(x), 0);

describe("Gauss and Legendre's rule", () => {
  it.each([
    // on [-1, 1], from Abramowitz and Stegun, table 25.4
    [2, [0.577350269189626], [1]],
    [3, [0, 0.774596669241483], [0.888888888888889, 0.555555555555556]],
    [5, [0, 0.538469310105683, 0.906179845938664], [0.568888888888889, 0.478628670499366, 0.236926885056189]],
    [
      8,
      [0.18343464249565, 0.525532409916329, 0.796666477413627, 0.960289856497536],
      [0.362683783378362, 0.313706645877887, 0.222381034453374, 0.10122853629037],
    ],
  ])("of %i nodes has the tabled ones", (n, upper, ofUpper) => {
    const { nodes, weights } = gaussLegendre(n);
    upper.forEach((x, k) => {
      const at = n - upper.length + k;
      expect(2 * nodes[at] - 1).toBeCloseTo(x, 13);
      expect(1 - 2 * nodes[n - 1 - at]).toBeCloseTo(x, 13);
      expect(2 * weights[at]).toBeCloseTo(ofUpper[k], 13);
      expect(weights[n - 1 - at]).toBe(weights[at]);
    });
  });

  it("of 51 nodes ends where NumPy's leggauss does", () => {
    const { nodes } = gaussLegendre(51);
    expect(nodes[0]).toBeCloseTo(0.000545, 6);
    expect(nodes[50]).toBeCloseTo(0.999455, 6);
  });

  it.each([1, 2, 7, 20, 50, 101, 400])("of %i nodes is exact up to degree 2n - 1", (n) => {
    const rule = gaussLegendre(n);
    expect([...rule.nodes].every((x, k) => x > 0 && x < 1 && (k === 0 || x > rule.nodes[k - 1]))).toBe(true);
    for (const degree of [0, 1, n, 2 * n - 1])
      expect(integral(rule, (x) => x ** degree)).toBeCloseTo(1 / (degree + 1), 12);
  });

  it("is not exact beyond", () => {
    expect(Math.abs(integral(gaussLegendre(2), (x) => x ** 4) - 0.2)).toBeGreaterThan(1e-3);
  });
});

describe("trapezoid rules", () => {
  it("integrate lines exactly, and Captum's one part in n less", () => {
    expect(integral(trapezoid(50), (x) => 3 + 2 * x)).toBeCloseTo(4, 12);
    expect(integral(captumTrapezoid(50), (x) => 3 + 2 * x)).toBeCloseTo(4 * 0.98, 12);
    expect([trapezoid(5).nodes[0], trapezoid(5).nodes[4]]).toEqual([0, 1]);
  });
});

describe("an order that is spread", () => {
  it.each([1, 2, 3, 8, 50])("has each of %i once", (n) => {
    expect([...spreadOrder(n)].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
  });

  it("has every quarter among its first four", () => {
    expect(
      new Set(
        spreadOrder(64)
          .slice(0, 4)
          .map((i) => Math.floor(i / 16)),
      ).size,
    ).toBe(4);
  });
});
