/** Tails of distributions, to about 1e-14 relative. */

const tiny = 1e-300;
const close = 1e-16;

/** ln Γ(x) for x > 0 by Lanczos' approximation (g = 7, nine terms; Godfrey 2001). */
export function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const terms = [
    676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905,
    -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
  ];
  const base = x + 6.5;
  const sum = terms.reduce((total, c, i) => total + c / (x + i), 0.99999999999980993);
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(base) - base + Math.log(sum);
}

/**
 * The regularised incomplete beta function I_x(a, b), by its continued fraction (Abramowitz and Stegun 26.5.8) on the
 * side where that converges fast, evaluated as Lentz does.
 */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (!(x > 0)) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(
    a * Math.log(x) + b * Math.log1p(-x) + logGamma(a + b) - logGamma(a) - logGamma(b) - Math.log(a),
  );
  const term = (i: number): number => {
    const m = i >> 1;
    return i % 2 === 0
      ? (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
      : -((a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
  };
  return front / continuedFraction(() => 1, term, 1);
}

/** b0 + a1/(b1 + a2/(b2 + ...)) with every b from b1 on given by `b`, by the modified method of Lentz. */
function continuedFraction(b: (i: number) => number, a: (i: number) => number, b0: number): number {
  let value = b0 || tiny;
  let c = value;
  let d = 0;
  for (let i = 1; i < 10_000; i++) {
    d = 1 / (b(i) + a(i) * d || tiny);
    c = b(i) + a(i) / c || tiny;
    value *= c * d;
    if (Math.abs(c * d - 1) < close) return value;
  }
  return value;
}

/** P(|T| ≥ |t|) of Student's t with `freedom` degrees of freedom. */
export function studentTail(t: number, freedom: number): number {
  if (!Number.isFinite(t)) return 0;
  return incompleteBeta(freedom / (freedom + t * t), freedom / 2, 0.5);
}

/** P(|Z| ≥ |z|) of the standard normal distribution: erfc(|z| / √2). */
export function normalTail(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  if (x < 2) {
    // erf's power series: 2/√π Σ (-1)^n x^(2n+1) / (n! (2n+1))
    let power = x;
    let sum = x;
    for (let n = 1; Math.abs(power) > close * Math.abs(sum); n++) {
      power *= (-x * x) / n;
      sum += power / (2 * n + 1);
    }
    return 1 - (2 / Math.sqrt(Math.PI)) * sum;
  }
  // erfc(x) = exp(-x²)/√π · 1/(x + (1/2)/(x + 1/(x + (3/2)/(x + ...))))
  return (
    Math.exp(-x * x) /
    Math.sqrt(Math.PI) /
    continuedFraction(
      () => x,
      (i) => i / 2,
      x,
    )
  );
}
