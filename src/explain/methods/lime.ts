import type { Method, MethodContext } from "../attribution";
import { type Coalition, everyone, gameOf, growing } from "../coalitions";
import { type Fit, forwardSelection, ridge, rSquared } from "../linear";
import { dropParameter, perturbationOf, removalParameter, spread } from "../perturbation";
import { type Random, randomOf } from "../random";
import type { Unit } from "../unit";

export interface LimeOptions {
  /** The most players that get a value. */
  readonly features: number;
  /** Of the kernel, in hundredths of cosine distance. */
  readonly width: number;
  /** `lime`: √exp(-d²/width²), as lime_text weighs; `nosqrt`: exp(-d²/width²), as the paper writes it. */
  readonly kernel: "lime" | "nosqrt";
  /** `auto` is forward selection for up to six features, else the highest weights; `all` takes every player. */
  readonly selection: "auto" | "forward" | "highest" | "all";
}

/** The text as it is, and then others: how many players go is equally likely from 1 to `most`, and so is who. */
export function drawHoles({ below, permutation }: Random, players: number, samples: number, most: number): Coalition[] {
  const whole = everyone({ length: players });
  if (most < 1) return [whole];
  return Array.from({ length: samples }, (_, sample) => {
    const coalition = whole.slice();
    if (sample === 0) return coalition;
    const gone = 1 + below(most);
    for (const player of permutation(players).slice(0, gone)) coalition[player] = 0;
    return coalition;
  });
}

/** How much a coalition counts: by its cosine distance to everyone, times 100; nobody is at 100. */
export function kernelWeight(coalition: Coalition, { width, kernel }: LimeOptions): number {
  const kept = coalition.reduce((sum, there) => sum + there, 0);
  const distance = kept === 0 ? 100 : 100 * (1 - Math.sqrt(kept / coalition.length));
  const weight = Math.exp(-((distance / width) ** 2));
  return kernel === "lime" ? Math.sqrt(weight) : weight;
}

/**
 * A line through what was seen, near the text: ridge regression (α = 1) on the chosen players, of which `r2` of the
 * weighted variance is explained. Values are its coefficients, 0 for who wasn't chosen.
 *
 * @param worth of the coalitions, in their order
 */
export function limeOf(
  coalitions: readonly Coalition[],
  worth: ArrayLike<number>,
  options: LimeOptions,
): { values: number[]; intercept: number; r2: number } {
  const players = coalitions[0]?.length ?? 0;
  const weights = coalitions.map((coalition) => kernelWeight(coalition, options));
  const y = Array.from(coalitions, (_, i) => worth[i]);
  const columnsOf = (chosen: readonly number[]) =>
    Float64Array.from(coalitions.flatMap((coalition) => chosen.map((p) => coalition[p])));
  const everyPlayer = Array.from({ length: players }, (_, p) => p);
  const fitted = (chosen: readonly number[], alpha: number) =>
    ridge(columnsOf(chosen), chosen.length, y, weights, { alpha, intercept: true });
  const chosen = choose(everyPlayer, options, {
    forward: (count) => forwardSelection(columnsOf(everyPlayer), players, y, weights, count),
    all: () => fitted(everyPlayer, 0.01),
  });
  const fit = fitted(chosen, 1);
  const values = everyPlayer.map(() => 0);
  chosen.forEach((p, i) => {
    values[p] = fit.coefficients[i];
  });
  return { values, intercept: fit.intercept, r2: rSquared(columnsOf(chosen), chosen.length, y, weights, fit) };
}

/** Who gets a value. */
function choose(
  players: readonly number[],
  { selection, features }: LimeOptions,
  by: { forward(count: number): number[]; all(): Fit },
): readonly number[] {
  const count = Math.min(features, players.length);
  const way = selection === "auto" ? (features <= 6 ? "forward" : "highest") : selection;
  if (way === "forward") return by.forward(count);
  if (way === "all" || count === players.length) return players;
  const { coefficients } = by.all();
  return [...players].sort((a, b) => Math.abs(coefficients[b]) - Math.abs(coefficients[a])).slice(0, count);
}

/** One unit for all that read the same, in the order of their first, and which of them each unit went to. */
export function bagOf(units: readonly Unit[], ids: readonly number[]): { bag: Unit[]; of: number[] } {
  const bag: { tokens: number[]; special: boolean }[] = [];
  const places = new Map<string, number>();
  const of = units.map(({ tokens, special }, u) => {
    const key = special ? `special ${u}` : tokens.map((t) => ids[t]).join(" ");
    const place = places.get(key) ?? bag.push({ tokens: [], special }) - 1;
    places.set(key, place);
    bag[place].tokens.push(...tokens);
    return place;
  });
  return { bag, of };
}

/** A linear model of the model, fitted near the text. */
export const lime: Method = {
  id: "lime",
  label: "LIME",
  family: "perturbation",
  measures: "The weight of each unit in a linear model that is fitted to what the model says of the text with holes.",
  strength: "One fit over many texts, with a number for how well it fits; asks nothing of the model's inside.",
  weakness:
    "Where the model isn't nearly linear the fit is poor and the weights mean little; another seed gives others; units beyond the chosen ones read 0.",
  cost: "1000F for 1,000 samples; equal texts run once",
  source: "Ribeiro, Singh and Guestrin 2016; lime 0.2, lime_text",
  note: "As lime_text, with a fifth of its samples. It treats equal words as one and deletes them: switch that on.",
  signed: true,
  parameters: [
    { id: "samples", label: "Samples", kind: "number", default: 1000, min: 2, max: 10_000, step: 1 },
    { id: "features", label: "Units with a weight", kind: "number", default: 10, min: 1, max: 512, step: 1 },
    {
      id: "selection",
      label: "Chosen by",
      kind: "choice",
      default: "auto",
      choices: [
        { id: "auto", label: "adding one by one up to six, else the highest weights" },
        { id: "forward", label: "adding one by one" },
        { id: "highest", label: "the highest weights" },
        { id: "all", label: "nothing: all are taken" },
      ],
    },
    { id: "width", label: "Kernel width", kind: "number", default: 25, min: 1, max: 1000, step: 1 },
    {
      id: "kernel",
      label: "Kernel",
      note: "lime_text takes the root of the kernel that the paper writes.",
      kind: "choice",
      default: "lime",
      choices: [
        { id: "lime", label: "√exp(-d²/w²), as lime_text" },
        { id: "nosqrt", label: "exp(-d²/w²), as the paper" },
      ],
    },
    {
      id: "bag",
      label: "Equal units as one",
      note: "As lime_text: every occurrence goes at once and, where no replacement is chosen, is deleted.",
      kind: "switch",
      default: false,
    },
    removalParameter,
    dropParameter("probability", "Fits"),
  ],
  async run(context, options) {
    const { passes, seed, onPartial } = context;
    const { units, of } = featuresOf(context, options.bag === true);
    const removal = options.bag === true && options.removal === "auto" ? "delete" : options.removal;
    const perturbation = perturbationOf({ ...context, units }, { ...options, removal });
    const { players, values } = gameOf(perturbation, passes);
    const empty = perturbation.without(players) === null; // then somebody stays
    const most = players.length - (empty ? 1 : 0);
    const coalitions = drawHoles(randomOf(seed), players.length, Math.round(Number(options.samples)), most);
    const settings: LimeOptions = {
      features: Math.round(Number(options.features)),
      width: Number(options.width),
      kernel: options.kernel as LimeOptions["kernel"],
      selection: options.selection as LimeOptions["selection"],
    };
    const perUnit = (found: readonly number[]) => {
      const all = spread(players, found, units.length);
      return of.map((feature) => all[feature]);
    };
    const fitted = (known: number, worth: Float64Array) => limeOf(coalitions.slice(0, known), worth, settings);
    const worthALook = growing();
    const worth = await values(coalitions, (known, worth) => {
      const look = known < coalitions.length && worthALook(known);
      const found = look ? { values: perUnit(fitted(known, worth).values) } : {};
      onPartial({ done: known, total: coalitions.length, ...found });
    });
    const { values: found, intercept, r2 } = fitted(coalitions.length, worth);
    return { values: perUnit(found), details: { surrogate: { r2, intercept } } };
  },
};

/** What is taken away as one, and where each unit is among it. */
function featuresOf(
  { units, trace }: MethodContext,
  together: boolean,
): { units: readonly Unit[]; of: readonly number[] } {
  if (!together) return { units, of: units.map((_, u) => u) };
  const { bag, of } = bagOf(units, trace.encoding.ids);
  return { units: bag, of };
}
