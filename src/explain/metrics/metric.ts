import type { Correlation } from "./correlation";
import type { Plausibility } from "./plausibility";
import type { ScheduleId } from "./schedule";

/** What a person is told of a metric, and how it is measured. */
export type Metric = MetricInfo &
  (
    | { readonly of: "two methods"; measure(a: readonly number[], b: readonly number[]): Correlation | number | null }
    | { readonly of: "one method"; measure(values: readonly number[]): number | null }
    | { readonly of: "method and marks"; measure(values: readonly number[], marked: readonly boolean[]): Plausibility }
    /** By running the model over changed texts, with `measureFaithfulness`. */
    | { readonly of: "method and model"; readonly schedule: ScheduleId }
    /** By running a method over texts that a person gives, with `consistency`. */
    | { readonly of: "method and paraphrases" }
  );

interface MetricInfo {
  readonly id: string;
  readonly label: string;
  readonly measures: string;
  /** Which end is better; null where neither is. */
  readonly better: "more" | "less" | null;
  readonly source: string;
}
