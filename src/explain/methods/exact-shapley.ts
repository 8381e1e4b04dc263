import type { Method } from "../attribution";
import { type Coalition, gameOf } from "../coalitions";
import { perturbationOf, removalParameter, spread } from "../perturbation";

/** 2^12 passes are a person's patience; each unit more doubles them. */
const most = 12;

/** Every coalition of so many players; bit i of its index says whether player i is there. */
export const allCoalitions = (players: number): Coalition[] =>
  Array.from({ length: 2 ** players }, (_, index) => Uint8Array.from({ length: players }, (_, p) => (index >> p) & 1));

/**
 * Shapley values: a player's gain over every coalition without it, weighted by |S|! (m - |S| - 1)! / m!.
 * @param worth of every coalition, as `allCoalitions` orders them
 */
export function shapleyOf(worth: ArrayLike<number>, players: number): number[] {
  const weights = Array.from({ length: players }, (_, size) => 1 / (players * choose(players - 1, size)));
  return Array.from({ length: players }, (_, p) => {
    let sum = 0;
    for (let index = 0; index < worth.length; index++) {
      if ((index >> p) & 1) continue;
      sum += weights[bits(index)] * (worth[index | (1 << p)] - worth[index]);
    }
    return sum;
  });
}

const bits = (index: number): number => {
  let count = 0;
  for (let rest = index; rest > 0; rest &= rest - 1) count++;
  return count;
};

/** n over k. */
export function choose(n: number, k: number): number {
  let ways = 1;
  for (let i = 1; i <= k; i++) ways = (ways * (n - k + i)) / i;
  return Math.round(ways);
}

/** Shapley values by every coalition. */
export const exactShapley: Method = {
  id: "exact-shapley",
  label: "Exact Shapley values",
  family: "perturbation",
  measures: "What a unit adds to the target on average over all orders of coming in, with every combination run.",
  strength: "No draws and no noise: what the sampled methods converge to.",
  weakness: `Doubles with each unit, so it takes texts of ${most} units at most; its texts have holes that the model never saw.`,
  cost: "2ⁿ F",
  source: "Shapley 1953",
  signed: true,
  parameters: [removalParameter],
  async run(context, options) {
    const { passes, units, onPartial } = context;
    const { players, values } = gameOf(perturbationOf(context, options), passes);
    if (players.length > most)
      throw new RangeError(
        `too many units: ${players.length}, and exact Shapley values take ${most} at most (2^${players.length} passes); take words as units, a shorter text, or Shapley sampling`,
      );
    const coalitions = allCoalitions(players.length);
    const worth = await values(coalitions, (known) => onPartial({ done: known, total: coalitions.length }));
    const shares = spread(players, shapleyOf(worth, players.length), units.length);
    return {
      values: shares,
      completeness: { expected: worth[worth.length - 1] - worth[0], sum: shares.reduce((sum, v) => sum + v, 0) },
    };
  },
};
