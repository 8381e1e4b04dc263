import type { Shown, State } from "../../store/state";
import { unitAt } from "../../store/units";
import { costOf } from "../attribution/picture";
import { unitsFor, valuesOf } from "../shared/explaining";
import { nameOf, targetWords } from "../shared/target";
import type { OcclusionPicture } from "./figure";
import { sortedRegions } from "./regions";

/** Tokens are taken away one at a time by the one, windows of them by the other. Both the same way. */
export const TOKENS = "feature-ablation";
export const WINDOWS = "occlusion";

type Wanted = Pick<State, "unit" | "pinned" | "model" | "explanations" | "methodOptions">;

/** Which token stands in, as the vocabulary writes it; null for deletion. */
export function standIn(model: State["model"], removal: string): string | null {
  const { mask, unknown, pad } = model?.substitutes ?? { mask: null, unknown: null, pad: null };
  if (removal === "delete") return null;
  return { mask, unknown, pad, auto: mask ?? unknown ?? pad }[removal] ?? null;
}

const readsImages = (model: State["model"]): boolean => model?.family === "vision";

/** Ways to take a token away that this model's vocabulary has no token for, and why. */
export function lacking(model: State["model"]): Readonly<Record<string, string>> {
  if (readsImages(model)) return {};
  const none = "not in this vocabulary";
  const { mask, unknown, pad } = model?.substitutes ?? { mask: null, unknown: null, pad: null };
  return {
    ...(mask === null && { mask: none }),
    ...(unknown === null && { unknown: none }),
    ...(pad === null && { pad: none }),
    ...(mask === null && unknown === null && pad === null && { auto: "this vocabulary has none of them" }),
    ...(model?.task === "question-answering" && { delete: "answers are places in the text, which would move" }),
  };
}

/** "replaced by [MASK]", or "deleted"; of patches "blurred". */
export const takenAway = (model: State["model"], removal: string): string => {
  if (readsImages(model)) return removal === "blur" ? "blurred" : "covered with the mean colour";
  const token = standIn(model, removal);
  return token === null ? "deleted" : `replaced by ${token}`;
};

export const removalOf = ({ explanations, methodOptions }: Pick<Wanted, "explanations" | "methodOptions">): string =>
  `${explanations[TOKENS]?.options.removal ?? methodOptions[TOKENS]?.removal ?? "auto"}`;

/** What the view draws; null until the single tokens have values. */
export function pictureOf(state: Wanted, shown: Shown): OcclusionPicture | null {
  const { explanations, unit, pinned, model } = state;
  const values = valuesOf(explanations[TOKENS]);
  if (!values) return null;
  const units = unitsFor(shown, unit);
  const windows = explanations[WINDOWS];
  const details = windows?.status === "done" ? windows.result.details : undefined;
  const way = takenAway(model, removalOf(state));
  const name = nameOf(shown, shown.result.target.index);
  const at = pinned === null ? -1 : unitAt(units, pinned.index);
  const size = windows?.options.window ?? 1;
  const noun = shown.result.encoding.patches ? "patch" : unit;
  const done = [explanations[TOKENS], windows].flatMap((each) => (each?.status === "done" ? [each] : []));
  return {
    model: shown.model.name,
    units,
    values,
    regions: windows?.status === "done" ? sortedRegions(details, windows.result.values, units) : [],
    windowValues: windows?.status === "done" ? windows.result.values : null,
    window: shown.result.encoding.patches ? `${size} × ${size} patches` : `${size}`,
    subtitle: `Change in ${targetWords(shown)} when a ${noun} is ${way}.`,
    up: `needed: ${name} falls without it`,
    down: "in the way: it rises without it",
    pinned: at < 0 ? null : at,
    notes: [
      ...done.map(
        ({ method, result }) => `${method === TOKENS ? `Each ${noun} alone` : `Windows of ${size}`}: ${costOf(result)}`,
      ),
      OFF_MANIFOLD,
    ],
  };
}

/** What an input that the model never saw can do to the result. */
export const OFF_MANIFOLD =
  "An input with a hole is one that the model may never have seen: part of a change can come from the hole and not from what was there. Try another replacement and see what stays.";
