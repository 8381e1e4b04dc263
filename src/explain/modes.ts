import { gradientMode, type Mode } from "../autodiff/explaining";
import { lrpModes } from "../autodiff/lrp/presets";
import { GraphError } from "../graph/error";
import type { ModeName } from "./passes";

const modes: Readonly<Partial<Record<ModeName, Mode>>> = { gradient: gradientMode, ...lrpModes };

/** The rules of a way back by its name. */
export function modeOf(name: ModeName): Mode {
  const mode = modes[name];
  if (!mode) throw new GraphError("no gradient", `${name} isn't built yet`);
  return mode;
}
