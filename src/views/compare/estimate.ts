import type { Options } from "../../explain/attribution";

/** Passes that a method takes for a text of n units; null where nobody can tell. */
export function estimate(id: string, n: number, options: Options): number | null {
  const of = (option: string, otherwise: number): number => {
    const value = Number(options[option]);
    return Number.isFinite(value) && value > 0 ? value : otherwise;
  };
  switch (id) {
    case "raw-attention":
    case "rollout":
    case "attention-flow":
    case "random":
      return 0;
    case "gradient-x-attention":
    case "chefer":
    case "gradient-x-input":
    case "saliency":
    case "layer-gradient-x-activation":
    case "attn-lrp":
    case "cp-lrp":
    case "epsilon-lrp":
    case "gamma-lrp":
    case "lrp-0":
      return 2;
    case "deeplift":
      return 4;
    case "gradient-shap":
      return 2 * of("samples", 5) + 2;
    case "integrated-gradients":
      return 2 * of("steps", 50) + 2;
    case "layer-conductance":
      return 2 * (of("steps", 20) + 1) + 2;
    case "feature-ablation":
    case "leave-one-out":
      return n + 1;
    case "occlusion":
      return Math.ceil(Math.max(0, n - of("window", 3)) / of("stride", 1)) + 2;
    case "shapley-sampling":
      return of("orders", 25) * n + 1;
    case "exact-shapley":
      return 2 ** n;
    case "kernel-shap":
      return Math.min(2 ** n, of("samples", 2 * n + 2048));
    case "partition-shap":
      return Math.min(of("limit", 500), n * n);
    case "lime":
      return of("samples", 1000);
    default:
      return null;
  }
}

/** More passes than this are asked for, never run by themselves. */
export const MANY = 150;

/** "about 226 passes". */
export const passesText = (passes: number | null): string =>
  passes === null ? "" : passes === 0 ? "no further pass" : `about ${passes.toLocaleString("en")} passes`;
