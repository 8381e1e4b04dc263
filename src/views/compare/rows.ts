import type { Unit } from "../../store/units";
import type { Values } from "../shared/explained";

/** A method's row: its values, or why there are none. */
export interface MethodRow {
  /** Its method's id. */
  readonly id: string;
  readonly label: string;
  readonly signed: boolean;
  readonly state: "waiting" | "running" | "done" | "failed";
  /** One a unit: the result, or what there is of it so far. */
  readonly values: Values | null;
  /** Of a row that runs: passes done and to do. */
  readonly progress: { readonly done: number; readonly total: number } | null;
  /** Why it failed, or what it waits for. */
  readonly told: string | null;
}

/** Methods over the same units, however they are drawn. */
export interface ComparedRows {
  readonly rows: readonly MethodRow[];
  readonly units: readonly Unit[];
  /** By method: its three first units. */
  readonly tops: ReadonlyMap<string, readonly number[]>;
  /** Null where the model gives no answer. */
  readonly target: string | null;
}

/** Rows in two groups: those that say how much, and those that say which way too. The order within each stays. */
export const grouped = (rows: readonly MethodRow[]): { signed: boolean; rows: MethodRow[] }[] =>
  [false, true]
    .map((signed) => ({ signed, rows: rows.filter((row) => row.signed === signed) }))
    .filter(({ rows }) => rows.length > 0);
