import type { Case } from "../gradient-case";
import { elementwiseCases } from "./elementwise";
import { knownCases } from "./known";
import { movementCases } from "./movement";
import { productCases } from "./products";
import { quantisedCases } from "./quantised";
import { reductionCases } from "./reductions";

/** Checks of every rule. */
export const cases: readonly Case[] = [
  ...elementwiseCases,
  ...movementCases,
  ...reductionCases,
  ...productCases,
  ...quantisedCases,
  ...knownCases,
];
