import { spearman } from "../../explain/metrics/spearman";
import { randomOf } from "../../explain/random";
import type { Removal } from "../../explain/removal";
import type { Measured, Measurement } from "./measure";

/** A mean with the interval that holds it in 95 of 100 resamplings of the texts. */
export interface Interval {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** A median with the quartiles around it. */
export interface Spread {
  readonly median: number;
  readonly quarter: number;
  readonly threeQuarters: number;
}

export interface MethodSummary {
  readonly method: string;
  /** Texts that it was measured on. */
  readonly texts: number;
  readonly comprehensiveness: number;
  readonly sufficiency: number;
  /** The text's own value less the mean of its random orders; more is better of the first, less of the second. */
  readonly gain: { readonly comprehensiveness: Interval; readonly sufficiency: Interval };
  /** Whether the whole interval is on the better side of 0. */
  readonly beats: { readonly comprehensiveness: boolean; readonly sufficiency: boolean };
  readonly forward: Spread;
  readonly backward: Spread;
  /** Time of the processor in passes over the same text. */
  readonly passes: Spread;
}

export interface Summary {
  readonly texts: number;
  /** Of labelled ones, the share that the model got right; null without labels. */
  readonly right: number | null;
  /** Texts with a label. */
  readonly labelled: number;
  /** What stood where units were taken away. */
  readonly removal: Removal;
  readonly units: Spread;
  readonly random: { readonly comprehensiveness: number; readonly sufficiency: number };
  /** In the order of their comprehensiveness over random orders, best first. */
  readonly methods: readonly MethodSummary[];
  /** Mean Spearman's rho over the texts that both have, in the order of `methods`; null where they share none. */
  readonly agreement: readonly (readonly (number | null)[])[];
  readonly failures: readonly { readonly method: string; readonly texts: number; readonly message: string }[];
}

const resamplings = 2000;

/**
 * What the record says, text by text: lines of one text are put together. Methods with fewer texts than `least` are left
 * out: so few have no interval worth its name.
 */
export function summaryOf(lines: readonly Measurement[], { seed = 0, least = 10 } = {}): Summary {
  const texts = [...grouped(lines, (line) => line.text).values()].map(
    (own): Measurement => ({
      ...own[0],
      random: own.find((l) => l.random.comprehensiveness !== null)?.random ?? own[0].random,
      methods: own.flatMap((l) => l.methods),
      failures: own.flatMap((l) => l.failures),
    }),
  );
  const ids = [...new Set(texts.flatMap((t) => t.methods.map((m) => m.method)))];
  const methods = ids
    .map((id) => methodSummary(id, texts, seed))
    .flatMap((m) => (m && m.texts >= least ? [m] : []))
    .sort((a, b) => b.gain.comprehensiveness.mean - a.gain.comprehensiveness.mean);
  const labelled = texts.flatMap((t) => t.right ?? []);
  const failed = grouped(
    texts.flatMap((t) => t.failures),
    (f) => f.method,
  );
  return {
    texts: texts.length,
    right: labelled.length === 0 ? null : labelled.filter(Boolean).length / labelled.length,
    labelled: labelled.length,
    removal: texts[0].removal,
    units: spreadOf(texts.map((t) => t.units)),
    random: {
      comprehensiveness: meanOf(texts.flatMap((t) => t.random.comprehensiveness ?? [])),
      sufficiency: meanOf(texts.flatMap((t) => t.random.sufficiency ?? [])),
    },
    methods,
    agreement: methods.map((a) => methods.map((b) => agreementOf(a.method, b.method, texts))),
    failures: [...failed].map(([method, of]) => ({ method, texts: of.length, message: of[0].message })),
  };
}

function grouped<K, T>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

function methodSummary(id: string, texts: readonly Measurement[], seed: number): MethodSummary | null {
  const found = texts.flatMap((text) => {
    const own = text.methods.find((m) => m.method === id);
    const { comprehensiveness, sufficiency } = text.random;
    return own &&
      own.comprehensiveness !== null &&
      own.sufficiency !== null &&
      comprehensiveness !== null &&
      sufficiency !== null
      ? [{ own, pass: text.pass, random: { comprehensiveness, sufficiency } }]
      : [];
  });
  if (found.length === 0) return null;
  const of = (key: "comprehensiveness" | "sufficiency") => found.map(({ own }) => own[key] as number);
  const gain = (key: "comprehensiveness" | "sufficiency") =>
    intervalOf(
      found.map(({ own, random }) => (own[key] as number) - random[key]),
      seed,
    );
  const [comprehensiveness, sufficiency] = [gain("comprehensiveness"), gain("sufficiency")];
  return {
    method: id,
    texts: found.length,
    comprehensiveness: meanOf(of("comprehensiveness")),
    sufficiency: meanOf(of("sufficiency")),
    gain: { comprehensiveness, sufficiency },
    beats: { comprehensiveness: comprehensiveness.low > 0, sufficiency: sufficiency.high < 0 },
    forward: spreadOf(found.map(({ own }) => own.forward)),
    backward: spreadOf(found.map(({ own }) => own.backward)),
    passes: spreadOf(found.map(({ own, pass }) => own.ms / pass)),
  };
}

/** By magnitudes where one of the two has no sign, as everywhere. */
function agreementOf(a: string, b: string, texts: readonly Measurement[]): number | null {
  const found = texts.flatMap(({ methods }) => {
    const [x, y] = [a, b].map((id) => methods.find((m) => m.method === id));
    return x && y ? (rhoOf(x, y) ?? []) : [];
  });
  return found.length === 0 ? null : meanOf(found);
}

function rhoOf(x: Measured, y: Measured): number | null {
  const signed = x.signed && y.signed;
  const [a, b] = [x, y].map(({ values }) => (signed ? values : values.map(Math.abs)));
  return spearman(a, b, "t").rho;
}

/** The mean of values, and the 2.5th and 97.5th percentiles of the means of as many drawn with replacement. */
export function intervalOf(values: readonly number[], seed: number): Interval {
  const { below } = randomOf(seed);
  const means = Array.from({ length: resamplings }, () => meanOf(values.map(() => values[below(values.length)]))).sort(
    (a, b) => a - b,
  );
  return { mean: meanOf(values), low: quantile(means, 0.025), high: quantile(means, 0.975) };
}

const meanOf = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  return {
    median: quantile(sorted, 0.5),
    quarter: quantile(sorted, 0.25),
    threeQuarters: quantile(sorted, 0.75),
  };
}

/** Of ascending values, straight lines between them. */
function quantile(sorted: readonly number[], share: number): number {
  const at = share * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  return low + (high - low) * (at - Math.floor(at));
}
