import type { Attribution, MethodContext } from "./attribution";
import { comparedUnits } from "./comparison";
import { type ScheduleId, schedules } from "./metrics/schedule";
import type { PassRow } from "./passes";
import { randomOf } from "./random";
import { type Removal, type Remover, removerOf } from "./removal";

export interface FaithfulnessOptions {
  /** How many units are taken away or kept; 1, 3 and 5 unless said otherwise. */
  readonly ks?: readonly number[];
  /** By `ks`, unless said otherwise: ERASER's or ferret's shares. */
  readonly schedule?: ScheduleId;
  /** The mask token, where there is one, else the unknown token, else padding; of images the mean colour; unless said otherwise. */
  readonly removal?: Removal;
  /** Random orders that methods are held against; 10 unless said otherwise. */
  readonly orders?: number;
}

/**
 * What becomes of the target when a method's top units are taken away, or everything else (DeYoung et al. 2020, ERASER):
 * comprehensiveness is f(x) - f(x without them), large where they were needed; sufficiency is f(x) - f(only them), near 0
 * or below where they are enough. Special tokens always stay.
 */
export interface Removed {
  /** How many units each step takes away or keeps. */
  readonly steps: readonly number[];
  /** One value a step, of the target's probability; null where nothing is left that could answer. */
  readonly comprehensiveness: readonly (number | null)[];
  readonly sufficiency: readonly (number | null)[];
  /** The same of its logit, less that of what it is held against. */
  readonly logit: {
    readonly comprehensiveness: readonly (number | null)[];
    readonly sufficiency: readonly (number | null)[];
  };
  /** Over the steps, of the probability; null where no step has an answer. */
  readonly mean: Pair<number | null>;
}

interface Pair<T> {
  readonly comprehensiveness: T;
  readonly sufficiency: T;
}

export interface MethodFaithfulness extends Removed {
  readonly method: string;
  /** The share of random orders that it is better than, by `mean`; half a share for equal ones. */
  readonly better: Pair<number | null>;
  /** Forward passes that it would take alone, the text as it is among them. */
  readonly passes: number;
}

/** Means over random orders. */
export interface RandomFaithfulness extends Removed {
  readonly orders: number;
  /** Standard deviation over the orders of what `mean` is the mean of; null with fewer than two. */
  readonly spread: Pair<number | null>;
}

/** How faithful methods are on one text, by what the model says when units go. */
export interface Faithfulness {
  readonly schedule: ScheduleId;
  readonly removal: Removal;
  /** The text as it is. */
  readonly probability: number;
  readonly logit: number;
  /** In the attributions' order. */
  readonly methods: readonly MethodFaithfulness[];
  readonly random: RandomFaithfulness;
  /** Forward passes that were really run: equal texts once. */
  readonly passes: number;
}

export type FaithfulnessContext = Pick<
  MethodContext,
  "engine" | "trace" | "target" | "passes" | "units" | "substitutes" | "seed" | "onPartial"
>;

interface Answer {
  readonly probability: number;
  readonly logit: number;
}

/**
 * Measures attributions of one text, target and units, by their largest values first, signs counting, against random
 * orders of the same units, which follow from the seed.
 *
 * @throws RangeError `no substitute: ...` where the vocabulary lacks the token that is asked for
 */
export async function measureFaithfulness(
  context: FaithfulnessContext,
  attributions: readonly Attribution[],
  { ks = [1, 3, 5], schedule: id = "k", orders = 10, ...options }: FaithfulnessOptions = {},
): Promise<Faithfulness> {
  const { units, passes, seed } = context;
  const remover = removerOf(context, options.removal ?? "auto");
  const schedule = schedules[id];
  const players = comparedUnits(units, attributions);
  const random = randomOf(seed);
  const scores = [
    ...attributions.map(({ values }) => players.map((i) => values[i])),
    // From 1 on, so that all count as positive.
    ...Array.from({ length: orders }, () => random.permutation(players.length).map((rank) => rank + 1)),
  ];
  const plans = scores.map((values) =>
    schedule.sets(values, ks).map((set) => {
      const kept = new Set(set.map((i) => players[i]));
      return { removed: [...kept], rest: players.filter((i) => !kept.has(i)), size: kept.size };
    }),
  );
  const before = passes.spent.forward;
  const answers = await answersTo(context, remover, [
    [],
    ...plans.flatMap((plan) => plan.flatMap(({ removed, rest }) => [removed, rest])),
  ]);
  const whole = answers.get(keyOf([])) as Answer;
  const measured = plans.map((plan): Removed => {
    const drops = (which: "removed" | "rest", scale: keyof Answer): (number | null)[] =>
      plan.map((step) => {
        const answer = answers.get(keyOf(step[which]));
        return answer ? whole[scale] - answer[scale] : null;
      });
    const comprehensiveness = drops("removed", "probability");
    const sufficiency = drops("rest", "probability");
    return {
      steps: plan.map((step) => step.size),
      comprehensiveness,
      sufficiency,
      logit: { comprehensiveness: drops("removed", "logit"), sufficiency: drops("rest", "logit") },
      mean: {
        comprehensiveness: schedule.mean(comprehensiveness.filter(known), "comprehensiveness"),
        sufficiency: schedule.mean(sufficiency.filter(known), "sufficiency"),
      },
    };
  });
  const drawn = measured.slice(attributions.length);
  return {
    schedule: id,
    removal: remover.removal,
    ...whole,
    methods: attributions.map(({ method }, m) => ({
      method,
      ...measured[m],
      better: {
        comprehensiveness: shareBelow(drawn.map(means.comprehensiveness), means.comprehensiveness(measured[m])),
        sufficiency: shareAbove(drawn.map(means.sufficiency), means.sufficiency(measured[m])),
      },
      passes: 1 + new Set(plans[m].flatMap(({ removed, rest }) => [keyOf(removed), keyOf(rest)])).size,
    })),
    random: randomFaithfulness(drawn),
    passes: passes.spent.forward - before,
  };
}

const known = (v: number | null): v is number => v !== null;
const keyOf = (removed: readonly number[]): string => [...removed].sort((a, b) => a - b).join();
const means = {
  comprehensiveness: ({ mean }: Removed) => mean.comprehensiveness,
  sufficiency: ({ mean }: Removed) => mean.sufficiency,
};

/** What the model says without each set of units, by its key; none where nothing is left that could answer. */
async function answersTo(
  { target, passes, onPartial }: FaithfulnessContext,
  { without }: Remover,
  sets: readonly (readonly number[])[],
): Promise<ReadonlyMap<string, Answer>> {
  const wanted = new Map<string, PassRow>();
  for (const set of sets) {
    const key = keyOf(set);
    const changed = wanted.has(key) ? null : without(set);
    if (changed) wanted.set(key, changed);
  }
  const keys = [...wanted.keys()];
  const answers = new Map<string, Answer>();
  await passes.run([...wanted.values()], { target }, ({ probability, logit }, i) => {
    answers.set(keys[i], { probability, logit });
    onPartial({ done: answers.size, total: keys.length });
  });
  return answers;
}

function randomFaithfulness(drawn: readonly Removed[]): RandomFaithfulness {
  const steps = drawn[0]?.steps ?? [];
  const over = (of: (one: Removed) => readonly (number | null)[]): (number | null)[] =>
    steps.map((_, s) => mean(drawn.map((one) => of(one)[s]).filter(known)));
  const all = (of: (one: Removed) => number | null): number[] => drawn.map(of).filter(known);
  return {
    orders: drawn.length,
    steps,
    comprehensiveness: over((one) => one.comprehensiveness),
    sufficiency: over((one) => one.sufficiency),
    logit: {
      comprehensiveness: over((one) => one.logit.comprehensiveness),
      sufficiency: over((one) => one.logit.sufficiency),
    },
    mean: { comprehensiveness: mean(all(means.comprehensiveness)), sufficiency: mean(all(means.sufficiency)) },
    spread: {
      comprehensiveness: deviation(all(means.comprehensiveness)),
      sufficiency: deviation(all(means.sufficiency)),
    },
  };
}

const mean = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((a, b) => a + b, 0) / values.length;

/** Of a sample. */
function deviation(values: readonly number[]): number | null {
  const middle = mean(values);
  if (middle === null || values.length < 2) return null;
  return Math.sqrt(values.reduce((sum, v) => sum + (v - middle) ** 2, 0) / (values.length - 1));
}

function shareBelow(others: readonly (number | null)[], own: number | null): number | null {
  const there = others.filter(known);
  if (own === null || there.length === 0) return null;
  return there.reduce((sum, v) => sum + (v < own ? 1 : v === own ? 0.5 : 0), 0) / there.length;
}

const shareAbove = (others: readonly (number | null)[], own: number | null): number | null =>
  shareBelow(
    others.map((v) => v && -v),
    own && -own,
  );
