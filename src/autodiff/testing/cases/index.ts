import type { Case } from "../gradient-case";
import { elementwiseCases } from "./elementwise";

/** Checks of every rule. */
export const cases: readonly Case[] = [...elementwiseCases];
