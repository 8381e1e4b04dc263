import { deepliftMode } from "../autodiff/deeplift";
import { captumMode } from "../autodiff/deeplift/captum";
import { gradientMode, type Mode } from "../autodiff/explaining";
import { lrpModes } from "../autodiff/lrp/presets";
import type { ModeName } from "./passes";

const modes: Readonly<Record<ModeName, Mode>> = {
  gradient: gradientMode,
  ...lrpModes,
  deeplift: deepliftMode,
  "deeplift-captum": captumMode,
};

/** The rules of a way back by its name. */
export const modeOf = (name: ModeName): Mode => modes[name];
