import type { ViewId } from "../store/state";
import { attribution } from "./attribution";
import { compare } from "./compare";
import { heads } from "./heads";
import { model } from "./model";
import { neuron } from "./neuron";
import { occlusion } from "./occlusion";
import { rollout } from "./rollout";
import type { View } from "./view";

/** Every view of the product, in the order of their keys. A new one is a folder and a line here. */
export const views: readonly View[] = [heads, model, neuron, rollout, attribution, occlusion, compare];

/** The view of an id; the first one until that of the id is there. */
export const viewOf = (id: ViewId): View => views.find((view) => view.id === id) ?? views[0]!;
