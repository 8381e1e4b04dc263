import type { Measure } from "../bench";
import { editing } from "./editing";
import { forward } from "./forward";
import { scripts } from "./scripts";
import { start } from "./start";

/** Every row of the table, by the name that `--only` takes. */
export const rows: Readonly<Record<string, Measure>> = { forward, editing, start, scripts };
