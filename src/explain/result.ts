import type { Encoding } from "../text/encoding";
import type { Attribution, Completeness, Details, Options } from "./attribution";
import { type Comparison, compare, type Scale } from "./comparison";
import type { Faithfulness } from "./faithfulness";
import type { PlausibilityResult } from "./marks";
import type { ConsistencyResult } from "./paraphrases";
import type { Candidate, Target } from "./target";

/** What was found of one text and target, as the command line prints it and pages are told it: plain numbers and names. */
export interface Result {
  readonly encoding: Encoding;
  readonly target: Target;
  readonly candidates: readonly Candidate[];
  /** Of the text's own pass. */
  readonly ms: number;
  readonly seed: number;
  readonly methods: readonly MethodResult[];
  /** Methods that gave nothing, and why. */
  readonly failures: readonly Failure[];
  /** Over the units that aren't special; null without any attribution. */
  readonly comparison: ComparisonResult | null;
  /** Where it was measured. */
  readonly faithfulness?: Faithfulness;
  /** Where tokens were marked. */
  readonly plausibility?: PlausibilityResult;
  /** Where paraphrases were given. */
  readonly consistency?: ConsistencyResult & { readonly paraphrases: readonly string[] };
}

export interface MethodResult {
  readonly id: string;
  readonly options: Options;
  /** The tokens of each unit. */
  readonly units: readonly (readonly number[])[];
  /** One a unit. */
  readonly values: readonly number[];
  readonly signed: boolean;
  readonly completeness?: Completeness;
  /** Of a simpler model that was fitted: how well. */
  readonly surrogate?: NonNullable<Details["surrogate"]>;
  readonly passes: { readonly forward: number; readonly backward: number };
  readonly ms: number;
  /** Before that, to make a session that goes back as the method asks; left out where there was one. */
  readonly preparing?: number;
}

export interface Failure {
  readonly id: string;
  readonly message: string;
}

export interface ComparisonResult {
  /** Whether signed values or magnitudes were compared. */
  readonly scale: Scale;
  readonly methods: readonly string[];
  /** Units that were compared, as indices into each method's. */
  readonly units: readonly number[];
  readonly spearman: Matrix & { readonly by: readonly (readonly string[])[] };
  readonly kendall: Matrix;
  /** Each method's three most important units. */
  readonly top: readonly (readonly number[])[];
  /** Units with the methods' ranks, the most disputed first. */
  readonly disputes: Comparison["disputes"];
  readonly entropy: readonly (number | null)[];
  readonly gini: readonly (number | null)[];
}

/** [M, M], null where there is none. */
interface Matrix {
  readonly rho: readonly (readonly (number | null)[])[];
  readonly p: readonly (readonly (number | null)[])[];
  /** Units that were compared. */
  readonly n: number;
}

export type Found = Omit<Result, "methods" | "comparison"> & {
  readonly attributions: readonly Attribution[];
  readonly scale?: Scale;
};

export function resultOf({
  attributions,
  scale,
  failures,
  faithfulness,
  plausibility,
  consistency,
  ...rest
}: Found): Result {
  return {
    ...rest,
    methods: attributions.map(({ method, options, units, values, signed, completeness, cost, details }) => ({
      id: method,
      options,
      units: units.map(({ tokens }) => tokens),
      values,
      signed,
      ...(completeness && { completeness }),
      ...(details?.surrogate && { surrogate: details.surrogate }),
      passes: { forward: cost.forward, backward: cost.backward },
      ms: cost.ms,
      ...(cost.preparing !== undefined && { preparing: cost.preparing }),
    })),
    failures,
    comparison: attributions.length === 0 ? null : comparisonOf(compare(attributions, scale ? { scale } : {})),
    ...(faithfulness && { faithfulness }),
    ...(plausibility && { plausibility }),
    ...(consistency && { consistency }),
  };
}

function comparisonOf(comparison: Comparison): ComparisonResult {
  const { scale, units, methods, spearman, kendall, disputes } = comparison;
  const matrix = (of: Comparison["spearman"]): Matrix => ({
    rho: of.map((row) => row.map((c) => c.rho)),
    p: of.map((row) => row.map((c) => c.p)),
    n: units.length,
  });
  return {
    scale,
    methods: methods.map((m) => m.method),
    units,
    spearman: { ...matrix(spearman), by: spearman.map((row) => row.map((c) => c.by ?? "none")) },
    kendall: matrix(kendall),
    top: methods.map((m) => m.top),
    disputes,
    entropy: methods.map((m) => m.entropy),
    gini: methods.map((m) => m.gini),
  };
}
