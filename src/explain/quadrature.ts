/** Where a function on [0, 1] is looked at, and what each look counts. */
export interface Quadrature {
  readonly nodes: Float64Array;
  readonly weights: Float64Array;
}

/**
 * Gauss and Legendre's rule of n nodes on [0, 1], ends left out: exact for polynomials of degree 2n - 1. The roots of the
 * Legendre polynomial are found by Newton's method from Tricomi's guess.
 */
export function gaussLegendre(n: number): Quadrature {
  const nodes = new Float64Array(n);
  const weights = new Float64Array(n);
  for (let k = 0; k < Math.ceil(n / 2); k++) {
    let x = Math.cos((Math.PI * (k + 0.75)) / (n + 0.5));
    let slope = 0;
    for (let step = Number.POSITIVE_INFINITY; Math.abs(step) > 1e-15; ) {
      const { value, derivative } = legendre(n, x);
      slope = derivative;
      const next = x - value / derivative;
      // at the last bit Newton's step may not settle
      if (Math.abs(next - x) >= Math.abs(step)) break;
      step = next - x;
      x = next;
    }
    const weight = 1 / ((1 - x * x) * slope * slope);
    nodes[k] = (1 - x) / 2;
    nodes[n - 1 - k] = (1 + x) / 2;
    weights[k] = weight;
    weights[n - 1 - k] = weight;
  }
  if (n % 2 === 1) nodes[(n - 1) / 2] = 0.5;
  return { nodes, weights };
}

/** P_n and its derivative at x, by the three-term recurrence. */
function legendre(n: number, x: number): { value: number; derivative: number } {
  let [before, value] = [1, x];
  for (let k = 2; k <= n; k++) [before, value] = [value, ((2 * k - 1) * x * value - (k - 1) * before) / k];
  return { value, derivative: (n * (x * value - before)) / (x * x - 1) };
}

/** The trapezoid rule of n nodes on [0, 1], both ends among them. */
export function trapezoid(n: number): Quadrature {
  const nodes = Float64Array.from({ length: n }, (_, k) => k / (n - 1));
  const weights = Float64Array.from({ length: n }, (_, k) => (k === 0 || k === n - 1 ? 0.5 : 1) / (n - 1));
  return { nodes, weights };
}

/** The trapezoid rule as Captum 0.9 has it (`riemann_trapezoid`): weights of 1/n, so that they sum to 1 - 1/n. */
export function captumTrapezoid(n: number): Quadrature {
  const { nodes, weights } = trapezoid(n);
  return { nodes, weights: weights.map((w) => (w * (n - 1)) / n) };
}

/** 0 … n - 1 so that the first of them are spread over all: by the bits of their number in reverse. */
export function spreadOrder(n: number): number[] {
  const bits = Math.ceil(Math.log2(Math.max(2, n)));
  const reversed = (i: number): number => {
    let r = 0;
    for (let b = 0; b < bits; b++) r = (r << 1) | ((i >> b) & 1);
    return r;
  };
  return Array.from({ length: 2 ** bits }, (_, i) => reversed(i)).filter((i) => i < n);
}
