/** A least-squares fit: one coefficient a column, and the intercept. */
export interface Fit {
  readonly coefficients: Float64Array;
  readonly intercept: number;
}

export interface FitOptions {
  /** The penalty on the squares of the coefficients; the intercept bears none. */
  readonly alpha: number;
  /** Fits a constant too, by centring on the weighted means. */
  readonly intercept: boolean;
}

/**
 * Weighted ridge regression: the coefficients that minimise Σ w (y - x·c - c₀)² + α|c|². Where the columns don't tell them
 * apart, the shortest of those that do.
 *
 * @param x row-major [rows, columns]
 */
export function ridge(
  x: ArrayLike<number>,
  columns: number,
  y: ArrayLike<number>,
  weights: ArrayLike<number>,
  { alpha, intercept }: FitOptions,
): Fit {
  const rows = y.length;
  const means = new Float64Array(columns);
  let [mean, total] = [0, 0];
  if (intercept) {
    for (let r = 0; r < rows; r++) {
      total += weights[r];
      mean += weights[r] * y[r];
      for (let c = 0; c < columns; c++) means[c] += weights[r] * x[r * columns + c];
    }
    mean /= total;
    for (let c = 0; c < columns; c++) means[c] /= total;
  }
  const normal = new Float64Array(columns * columns); // Xᵀ W X + α
  const right = new Float64Array(columns); // Xᵀ W y
  const row = new Float64Array(columns);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) row[c] = x[r * columns + c] - means[c];
    for (let c = 0; c < columns; c++) {
      const scaled = weights[r] * row[c];
      right[c] += scaled * (y[r] - mean);
      for (let d = 0; d <= c; d++) normal[c * columns + d] += scaled * row[d];
    }
  }
  for (let c = 0; c < columns; c++) {
    normal[c * columns + c] += alpha;
    for (let d = 0; d < c; d++) normal[d * columns + c] = normal[c * columns + d];
  }
  const coefficients = solveSymmetric(normal, right);
  let constant = mean;
  for (let c = 0; c < columns; c++) constant -= coefficients[c] * means[c];
  return { coefficients, intercept: intercept ? constant : 0 };
}

/** What of the weighted variance of y a fit explains: 1 where it explains all, below 0 where the mean is nearer. */
export function rSquared(
  x: ArrayLike<number>,
  columns: number,
  y: ArrayLike<number>,
  weights: ArrayLike<number>,
  { coefficients, intercept }: Fit,
): number {
  let [mean, total] = [0, 0];
  for (let r = 0; r < y.length; r++) {
    total += weights[r];
    mean += weights[r] * y[r];
  }
  mean /= total;
  let [left, all] = [0, 0];
  for (let r = 0; r < y.length; r++) {
    let fitted = intercept;
    for (let c = 0; c < columns; c++) fitted += coefficients[c] * x[r * columns + c];
    left += weights[r] * (y[r] - fitted) ** 2;
    all += weights[r] * (y[r] - mean) ** 2;
  }
  return all === 0 ? 1 : 1 - left / all;
}

/**
 * Columns chosen one after the other, each the one that together with those before explains most of y by weighted least
 * squares with an intercept. Ends early where no column adds anything.
 */
export function forwardSelection(
  x: ArrayLike<number>,
  columns: number,
  y: ArrayLike<number>,
  weights: ArrayLike<number>,
  count: number,
): number[] {
  const rows = y.length;
  const scale = Float64Array.from(weights, Math.sqrt);
  const centred = (value: (r: number) => number): Float64Array => {
    let [mean, total] = [0, 0];
    for (let r = 0; r < rows; r++) {
      mean += weights[r] * value(r);
      total += weights[r];
    }
    return scale.map((s, r) => s * (value(r) - mean / total));
  };
  // What is left of each column, and of y, once the chosen ones are taken out of them.
  const left = Array.from({ length: columns }, (_, c) => centred((r) => x[r * columns + c]));
  const sizes = left.map((column) => dot(column, column));
  const rest = centred((r) => y[r]);
  const chosen: number[] = [];
  while (chosen.length < Math.min(count, columns)) {
    let [best, most] = [-1, 0];
    left.forEach((column, c) => {
      const size = dot(column, column);
      if (chosen.includes(c) || size <= 1e-10 * sizes[c] || size === 0) return;
      const gain = dot(column, rest) ** 2 / size;
      if (gain > most || best < 0) [best, most] = [c, gain];
    });
    if (best < 0) break;
    chosen.push(best);
    const direction = left[best].slice();
    const size = dot(direction, direction);
    for (const vector of [...left, rest]) {
      const along = dot(vector, direction) / size;
      for (let r = 0; r < rows; r++) vector[r] -= along * direction[r];
    }
  }
  return chosen;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** Solves A x = b for a symmetric matrix without negative eigenvalues: by Cholesky, or the shortest x where A is singular. */
export function solveSymmetric(a: Float64Array, b: Float64Array): Float64Array {
  return byCholesky(a, b) ?? byEigenvalues(a, b);
}

/** Null where a pivot is too small to divide by. */
function byCholesky(a: Float64Array, b: Float64Array): Float64Array | null {
  const n = b.length;
  const l = new Float64Array(n * n);
  let largest = 0;
  for (let i = 0; i < n; i++) largest = Math.max(largest, a[i * n + i]);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * n + j];
      for (let k = 0; k < j; k++) sum -= l[i * n + k] * l[j * n + k];
      if (i !== j) l[i * n + j] = sum / l[j * n + j];
      else if (sum > largest * n * 1e-13) l[i * n + i] = Math.sqrt(sum);
      else return null;
    }
  }
  const x = b.slice();
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) x[i] -= l[i * n + k] * x[k];
    x[i] /= l[i * n + i];
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) x[i] -= l[k * n + i] * x[k];
    x[i] /= l[i * n + i];
  }
  return x;
}

/** The pseudo-inverse by Jacobi's rotations: eigenvalues that are next to nothing count as none. */
function byEigenvalues(a: Float64Array, b: Float64Array): Float64Array {
  const n = b.length;
  const m = a.slice();
  const vectors = new Float64Array(n * n);
  for (let i = 0; i < n; i++) vectors[i * n + i] = 1;
  const size = Math.sqrt(dot(m, m));
  for (let sweep = 0; sweep < 60; sweep++) {
    let off = 0;
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) off += m[p * n + q] ** 2;
    if (Math.sqrt(off) <= 1e-15 * size) break;
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) rotate(m, vectors, n, p, q);
  }
  let largest = 0;
  for (let i = 0; i < n; i++) largest = Math.max(largest, m[i * n + i]);
  const x = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    if (m[i * n + i] <= largest * n * 1e-13) continue;
    let along = 0;
    for (let k = 0; k < n; k++) along += vectors[k * n + i] * b[k];
    for (let k = 0; k < n; k++) x[k] += (vectors[k * n + i] * along) / m[i * n + i];
  }
  return x;
}

/** Makes m[p, q] zero by turning the two axes, and keeps account of the turn. */
function rotate(m: Float64Array, vectors: Float64Array, n: number, p: number, q: number): void {
  const off = m[p * n + q];
  if (off === 0) return;
  const theta = (m[q * n + q] - m[p * n + p]) / (2 * off);
  const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  const turn = (matrix: Float64Array, i: number, j: number): void => {
    const [x, y] = [matrix[i], matrix[j]];
    matrix[i] = c * x - s * y;
    matrix[j] = s * x + c * y;
  };
  for (let k = 0; k < n; k++) turn(m, k * n + p, k * n + q);
  for (let k = 0; k < n; k++) turn(m, p * n + k, q * n + k);
  for (let k = 0; k < n; k++) turn(vectors, k * n + p, k * n + q);
}
