import type { Measure } from "../bench";
import { editing } from "./editing";
import { forward } from "./forward";

/** Every row of the table, by the name that `--only` takes. */
export const rows: Readonly<Record<string, Measure>> = { forward, editing };
