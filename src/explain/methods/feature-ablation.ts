import type { Method } from "../attribution";
import { dropParameter, removalParameter } from "../perturbation";
import { drops } from "./leave-one-out";

/** f(x) - f(x with the unit at its baseline), as Captum's FeatureAblation. */
export const featureAblation: Method = {
  id: "feature-ablation",
  label: "Feature ablation",
  family: "perturbation",
  measures: "How much the target, as it is asked for, drops when one unit is set to a baseline token.",
  strength:
    "Speaks of the very number that is explained, a logit or a contrast, so that gradient methods can be held to it.",
  weakness:
    "A logit can drop and the answer stay as likely, since the others' may drop too; shared meaning goes unseen.",
  cost: "(n + 1)F",
  source: "Captum, FeatureAblation; Zeiler and Fergus 2014",
  note: "The same measurement as leave one out, of another number. Captum replaces by id 0 unless told otherwise, which is padding in many vocabularies.",
  signed: true,
  parameters: [removalParameter, dropParameter("asked")],
  run: drops,
};
