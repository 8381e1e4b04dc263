import type { Measure } from "../bench";
import { editing } from "./editing";
import { forward } from "./forward";
import { loops } from "./loops";
import { methods } from "./methods";
import { notebook } from "./notebook";
import { scripts } from "./scripts";
import { start } from "./start";
import { large, model, views } from "./views";

/** Every row of the table, by the name that `--only` takes. */
export const rows: Readonly<Record<string, Measure>> = {
  forward,
  loops,
  methods,
  editing,
  start,
  model,
  views,
  large,
  scripts,
  notebook,
};

/** Those that have sessions of their own, and so can have them on a GPU. */
export const onGpu: readonly string[] = ["forward", "loops", "methods"];
