import type { OpenPage } from "../browser/open-page";
import type { App } from "./app";
import type { ModelId, WrittenModel } from "./models";
import type { Place } from "./page/jobs";

/** One line of the table. */
export interface Result {
  readonly what: string;
  readonly measured: number;
  /** At most this; null where only the number is of interest. */
  readonly limit: number | null;
  readonly unit: "×" | "s" | "ms" | "kB" | "nodes" | "copies";
  /** What was measured, in absolute numbers, and how much the runs differed. */
  readonly note: string;
}

/** What rows measure with. */
export interface Bench {
  readonly page: OpenPage;
  /** Where budgets are stated for it, sessions run on WASM with two threads; of a GPU only the numbers are of interest. */
  readonly place: Place;
  /** Runs of each variant. */
  readonly rounds: number;
  /** A model of its real size, written once, and the address at which the page has it. */
  model(id: ModelId): Promise<WrittenModel & { readonly url: string }>;
  /** The app, built once. */
  app(): Promise<App>;
}

export type Measure = (bench: Bench) => Promise<readonly Result[]>;

export const least = (values: readonly number[]): number => Math.min(...values);

export const median = (values: readonly number[]): number => {
  const order = [...values].sort((a, b) => a - b);
  return (order[(order.length - 1) >> 1]! + order[order.length >> 1]!) / 2;
};

export const milliseconds = (value: number): string => value.toFixed(value < 100 ? 1 : 0);

/** How much slower the middle run was than the fastest: what other work on the machine did to the runs. */
export const noise = (values: readonly number[]): string => `noise ${(median(values) / least(values)).toFixed(2)}`;
