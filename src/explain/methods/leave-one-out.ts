import type { Method, MethodContext, MethodResult, Options } from "../attribution";
import { allBut, everyone, gameOf } from "../coalitions";
import { dropParameter, perturbationOf, removalParameter, spread } from "../perturbation";

/** f(x) - f(x without the unit), each unit alone. */
export const leaveOneOut: Method = {
  id: "leave-one-out",
  label: "Leave one out",
  family: "perturbation",
  measures: "How much the target's probability drops when one unit is taken away and the rest stays.",
  strength: "Plain, exact and about the model alone: what was measured is what happens.",
  weakness: "Where two units say the same, either can go and neither seems to matter.",
  cost: "(n + 1)F",
  source: "Li, Monroe and Jurafsky 2016; Kendall's tau with it is ferret's taucorr_loo",
  signed: true,
  parameters: [removalParameter, dropParameter("probability")],
  run: drops,
};

/** What each unit's absence alone costs the target. */
export async function drops(context: MethodContext, options: Options): Promise<MethodResult> {
  const { passes, units, onPartial } = context;
  const { players, values } = gameOf(perturbationOf(context, options), passes, { gaps: true });
  const coalitions = [everyone(players), ...players.map((_, p) => allBut(players, [p]))];
  const dropsOf = (known: number, worth: Float64Array) =>
    spread(
      players,
      players.map((_, p) => (p + 1 < known ? worth[0] - worth[p + 1] : 0)),
      units.length,
    );
  const worth = await values(coalitions, (known, worth) =>
    onPartial({ done: known, total: coalitions.length, values: dropsOf(known, worth) }),
  );
  return { values: dropsOf(coalitions.length, worth) };
}
