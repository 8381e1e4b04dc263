import type { Method } from "../attribution";
import { type Coalition, gameOf, noone } from "../coalitions";
import { perturbationOf, removalParameter, spread } from "../perturbation";
import { type Random, randomOf } from "../random";

/** Orders in which players come in, all equally likely. */
export const drawOrders = ({ permutation }: Random, players: number, count: number): number[][] =>
  Array.from({ length: count }, () => permutation(players));

/** No one, and then everyone that an order lets in, one after the other: [1 + orders x players]. */
export function coalitionsOf(orders: readonly (readonly number[])[]): Coalition[] {
  const first = noone(orders[0] ?? []);
  return [
    first,
    ...orders.flatMap((order) => {
      const coalition = first.slice();
      return order.map((player) => {
        coalition[player] = 1;
        return coalition.slice();
      });
    }),
  ];
}

/**
 * Each player's mean gain where it came in, over the orders as far as they are known.
 * @param worth of `coalitionsOf(orders)`, the first `known` of them
 */
export function meanGains(orders: readonly (readonly number[])[], worth: ArrayLike<number>, known: number): number[] {
  const players = orders[0]?.length ?? 0;
  const [sums, counts] = [new Array<number>(players).fill(0), new Array<number>(players).fill(0)];
  orders.forEach((order, o) => {
    order.forEach((player, i) => {
      const at = 1 + o * players + i;
      if (at >= known) return;
      sums[player] += worth[at] - worth[i === 0 ? 0 : at - 1];
      counts[player]++;
    });
  });
  return sums.map((sum, p) => (counts[p] === 0 ? 0 : sum / counts[p]));
}

/** Shapley values by random orders of coming in. */
export const shapleySampling: Method = {
  id: "shapley-sampling",
  label: "Shapley sampling",
  family: "perturbation",
  measures: "What a unit adds to the target on average when units come in one after the other, in random orders.",
  strength: "Shares out the whole difference between the text and none of it, and counts what units do together.",
  weakness: "Most of the texts that it runs have holes that the model never saw; few orders leave it noisy.",
  cost: "(25n + 1)F for 25 orders; equal texts run once",
  source: "Castro, Gómez and Tejada 2009; Captum, ShapleyValueSampling",
  signed: true,
  parameters: [
    { id: "orders", label: "Orders", kind: "number", default: 25, min: 1, max: 1000, step: 1 },
    removalParameter,
  ],
  async run(context, options) {
    const { passes, units, seed, onPartial } = context;
    const { players, values } = gameOf(perturbationOf(context, options), passes);
    const orders = drawOrders(randomOf(seed), players.length, Math.round(Number(options.orders)));
    const coalitions = coalitionsOf(orders);
    const found = (known: number, worth: Float64Array) =>
      spread(players, meanGains(orders, worth, known), units.length);
    const worth = await values(coalitions, (known, worth) =>
      onPartial({ done: known, total: coalitions.length, values: found(known, worth) }),
    );
    const shares = found(coalitions.length, worth);
    return {
      values: shares,
      completeness: { expected: worth[worth.length - 1] - worth[0], sum: shares.reduce((sum, v) => sum + v, 0) },
    };
  },
};
