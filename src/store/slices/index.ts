import { type AttributionState, attribution } from "./attribution";
import { type CompareState, compare } from "./compare";
import { type HeadsState, heads } from "./heads";
import { type NeuronState, neuron } from "./neuron";
import { type RolloutState, rollout } from "./rollout";
import type { Slice } from "./slice";

/** The state of each view that has some of its own. A new one is a file, a line here and a line below. */
export interface SliceStates {
  readonly heads: HeadsState;
  readonly neuron: NeuronState;
  readonly rollout: RolloutState;
  readonly attribution: AttributionState;
  readonly compare: CompareState;
}

export type SliceId = keyof SliceStates;

export const slices: { readonly [K in SliceId]: Slice<SliceStates[K]> } = {
  heads,
  neuron,
  rollout,
  attribution,
  compare,
};

export const sliceIds = Object.keys(slices) as SliceId[];

/** Every view's own state as it starts. */
export const initialSlices = Object.fromEntries(
  sliceIds.map((id) => [id, slices[id].initial]),
) as unknown as SliceStates;

/** Parts of views' own states, as links carry them. */
export type SlicePatch = { readonly [K in SliceId]?: Partial<SliceStates[K]> };

/** The states with some parts changed. */
export const withPatch = (states: SliceStates, patch: SlicePatch): SliceStates =>
  Object.fromEntries(sliceIds.map((id) => [id, { ...states[id], ...patch[id] }])) as unknown as SliceStates;
