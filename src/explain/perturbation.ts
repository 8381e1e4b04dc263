import type { MethodContext, Options } from "./attribution";
import type { Parameter } from "./parameter";
import type { PassRow } from "./passes";
import { type Removal, removerOf } from "./removal";
import type { Target } from "./target";

/** What stands where a unit is taken away. */
export const removalParameter: Parameter = {
  id: "removal",
  label: "Replacement",
  note: "The model may never have seen such an input: what it then says can be off. The attention mask of a text stays as it is.",
  kind: "choice",
  default: "auto",
  choices: [
    { id: "auto", label: "mask, else unknown, else padding", of: "text" },
    { id: "mask", label: "mask token", of: "text" },
    { id: "unknown", label: "unknown token", of: "text" },
    { id: "pad", label: "padding", of: "text" },
    { id: "delete", label: "deletion", of: "text" },
    { id: "auto", label: "mean colour (0 once normalised)", of: "image" },
    { id: "blur", label: "the image, blurred", of: "image" },
  ],
};

/** What is measured of the target. */
export const dropParameter = (chosen: "asked" | "probability", label = "Drop of"): Parameter => ({
  id: "drop",
  label,
  kind: "choice",
  default: chosen,
  choices: [
    { id: "asked", label: "the target, as asked" },
    { id: "logit", label: "its logit" },
    { id: "log-probability", label: "its log-probability" },
    { id: "probability", label: "its probability" },
  ],
});

/** A text or an image of which units are taken away. */
export interface Perturbation {
  /** On the scale that is measured. */
  readonly target: Target;
  /** Units that can be taken away, as indices into the context's: those that aren't special. */
  readonly players: readonly number[];
  /** The input without some units; null where it then has no answer. */
  without(removed: Iterable<number>): PassRow | null;
}

type Given = Pick<MethodContext, "engine" | "trace" | "target" | "units" | "substitutes">;

/**
 * Reads the options `removal` and `drop`, where a method has them.
 * @throws RangeError where the vocabulary lacks the token that is asked for, or answers are tokens that would move
 */
export function perturbationOf(given: Given, { removal, drop = "asked" }: Options): Perturbation {
  const { engine, units } = given;
  const remover = removerOf(given, removal as Removal | "auto");
  if (remover.removal === "delete" && engine.task === "question-answering")
    throw new RangeError("no deletion: this model answers with a place in the text, and deletion moves the places");
  const target = drop === "asked" ? given.target : { ...given.target, as: drop as Target["as"] };
  return {
    target,
    players: Array.from(units.keys()).filter((u) => !units[u].special),
    without: remover.without,
  };
}

/** One value a unit of one a player: the rest have none. */
export function spread(players: readonly number[], values: ArrayLike<number>, units: number): number[] {
  const all = new Array<number>(units).fill(0);
  players.forEach((unit, p) => {
    all[unit] = values[p];
  });
  return all;
}
