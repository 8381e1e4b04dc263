import { descending } from "./ranks";

/** Which units are taken away or kept, step by step, and how the steps' drops become one number. */
export interface Schedule {
  readonly id: ScheduleId;
  readonly label: string;
  readonly source: string;
  /** Sets of units as indices into the values, the most important first. */
  sets(values: readonly number[], ks: readonly number[]): number[][];
  /** Of the drops that could be measured; null without any. */
  mean(drops: readonly number[], what: "comprehensiveness" | "sufficiency"): number | null;
}

export type ScheduleId = "k" | "eraser" | "eraser-paper" | "ferret";

const mean = (drops: readonly number[]): number | null =>
  drops.length === 0 ? null : drops.reduce((a, b) => a + b, 0) / drops.length;

const top = (values: readonly number[], k: number): number[] => descending(values).slice(0, k);

const bins = [0.01, 0.05, 0.1, 0.2, 0.5];

/** So many of n units as a share of them rounds up to. */
const roundedUp = (share: number, n: number): number => Math.ceil(share * n - 1e-9);

const ofBins = (values: readonly number[]): number[][] =>
  values.length === 0 ? [] : bins.map((share) => top(values, roundedUp(share, values.length)));

/** Each by the largest values first, signs counting; equal values in their order. */
export const schedules: Readonly<Record<ScheduleId, Schedule>> = {
  k: {
    id: "k",
    label: "top 1, 3 and 5",
    source: "DeYoung et al. 2020, with ferret's thresholds by k",
    sets: (values, ks) => ks.map((k) => top(values, k)),
    mean,
  },
  eraser: {
    id: "eraser",
    label: "1, 5, 10, 20 and 50 %",
    source: "DeYoung et al. 2020, mean over the bins as in their code; units rounded up",
    sets: ofBins,
    mean,
  },
  "eraser-paper": {
    id: "eraser-paper",
    label: "1, 5, 10, 20 and 50 %, over six",
    source: "DeYoung et al. 2020 as printed: the sum over |B| + 1",
    sets: ofBins,
    mean: (drops) => (drops.length === 0 ? null : drops.reduce((a, b) => a + b, 0) / (drops.length + 1)),
  },
  ferret: {
    id: "ferret",
    label: "10, 20 … 100 %",
    source: "Attanasio et al. 2023: units rounded down, positive values only, equal sets once",
    sets(values) {
      const sets: number[][] = [];
      for (let tenths = 1; tenths <= 10; tenths++) {
        const set = top(values, Math.floor((tenths * values.length) / 10)).filter((i) => values[i] > 0);
        if (set.length > (sets.at(-1)?.length ?? 0)) sets.push(set);
      }
      return sets;
    },
    // Without any positive value nothing is taken away, and nothing is kept.
    mean: (drops, what) => mean(drops) ?? (what === "comprehensiveness" ? 0 : 1),
  },
};
