import type { Tensor } from "../tensor/tensor";
import type { MethodContext } from "./attribution";
import type { Parameter } from "./parameter";
import type { SiteInfo } from "./trace";

/** How the heads of a layer are made one. */
export type Fusion = "mean" | "max" | "min";

export const fusionParameter: Parameter = {
  id: "fusion",
  label: "Heads",
  kind: "choice",
  default: "mean",
  choices: [
    { id: "mean", label: "mean" },
    { id: "max", label: "largest" },
    { id: "min", label: "smallest" },
  ],
};

export const residualParameter: Parameter = {
  id: "residual",
  label: "Residual weight",
  note: "What share of each layer passes by the attention: token i stays token i.",
  kind: "number",
  default: 0.5,
  min: 0,
  max: 1,
  step: 0.05,
};

/** The attention of a layer with its heads made one, from [H, T, T] to [T, T]. */
export function fused({ dims: [heads, rows, columns], data }: Tensor, fusion: Fusion): Float64Array {
  const size = rows * columns;
  const values = data as Float32Array;
  const result = Float64Array.from(values.subarray(0, size));
  for (let h = 1; h < heads; h++) {
    for (let i = 0; i < size; i++) {
      const value = values[h * size + i];
      if (fusion === "mean") result[i] += value;
      else if (fusion === "max" ? value > result[i] : value < result[i]) result[i] = value;
    }
  }
  if (fusion === "mean") for (let i = 0; i < size; i++) result[i] /= heads;
  return result;
}

/** `weight * I + (1 - weight) * attention`, each row divided by its sum; a row of zeros stays one. [T, T] */
export function withResidual(attention: Float64Array, tokens: number, weight: number): Float64Array {
  const result = attention.map((a) => (1 - weight) * a);
  for (let i = 0; i < tokens; i++) {
    result[i * tokens + i] += weight;
    const row = result.subarray(i * tokens, (i + 1) * tokens);
    const sum = row.reduce((s, v) => s + v, 0);
    if (sum > 0) for (let j = 0; j < tokens; j++) row[j] /= sum;
  }
  return result;
}

/**
 * The rows of a token-by-token matrix that the answer is read from: of whole texts the first token in encoders, the last in
 * decoders; of images the class token, and the one of distillation beside it, or all patches where there is neither.
 */
export function answerRows({
  engine,
  trace,
  target,
}: Pick<MethodContext, "engine" | "trace" | "target">): readonly number[] {
  const { mask, patches, tokens, special } = trace.encoding;
  if (target.position !== null) return [target.position];
  if (engine.family === "decoder") return [mask.lastIndexOf(1)];
  if (!patches) return [0];
  const all = Array.from(tokens.keys());
  const classes = all.filter((i) => tokens[i] === "[CLS]" || tokens[i] === "[DIST]");
  return classes.length > 0 ? classes : all.filter((i) => !special[i]);
}

/** The mean of some rows of a matrix, [T, T] to [T]. */
export function meanRow(matrix: Float64Array, rows: readonly number[], tokens: number): Float64Array {
  const mean = new Float64Array(tokens);
  for (const row of rows) for (let j = 0; j < tokens; j++) mean[j] += matrix[row * tokens + j] / rows.length;
  return mean;
}

/**
 * The sites of one layer, or of all for "mean".
 * @throws RangeError for a layer that the model hasn't
 */
export function sitesAt(sites: readonly SiteInfo[], layer: number | string | boolean): readonly SiteInfo[] {
  if (layer === "mean") return sites;
  const layers = sites.reduce((n, s) => Math.max(n, s.layer + 1), 0);
  const found = sites.filter((s) => s.layer === (layer === "last" ? layers - 1 : layer));
  if (found.length === 0)
    throw new RangeError(`no layer: ${layer}; this model has 0 to ${layers - 1}, or give "last" or "mean"`);
  return found;
}

/** The identity, [n, n]. */
export function identity(n: number): Float64Array {
  const result = new Float64Array(n * n);
  for (let i = 0; i < n; i++) result[i * n + i] = 1;
  return result;
}

/** a · b of square matrices, [n, n]. */
export function product(a: Float64Array, b: Float64Array, n: number): Float64Array {
  const result = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < n; k++) {
      const factor = a[i * n + k];
      if (factor === 0) continue;
      for (let j = 0; j < n; j++) result[i * n + j] += factor * b[k * n + j];
    }
  }
  return result;
}
