import type { Method } from "../attribution";
import { randomOf } from "../random";

/** Values that know nothing. */
export const random: Method = {
  id: "random",
  label: "Random",
  family: "baseline",
  measures: "Nothing: a number from 0 to 1 for each unit, drawn from the seed.",
  strength: "What a method must beat before its values mean anything.",
  weakness: "By chance it agrees with others on short texts: with five units, one order in 120 is theirs.",
  cost: "0F",
  source: "DeYoung et al. 2020, the random rationale of ERASER",
  signed: false,
  parameters: [],
  async run({ units, seed }) {
    const { uniform } = randomOf(seed);
    return { values: units.map(({ special }) => (special ? 0 : uniform())) };
  },
};
