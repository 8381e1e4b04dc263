import type { Measure } from "../bench";
import { editing } from "./editing";
import { forward } from "./forward";
import { loops } from "./loops";
import { scripts } from "./scripts";
import { start } from "./start";
import { large, model, views } from "./views";

/** Every row of the table, by the name that `--only` takes. */
export const rows: Readonly<Record<string, Measure>> = { forward, loops, editing, start, model, views, large, scripts };
