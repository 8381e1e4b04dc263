import type { Method } from "../attribution";
import { exactShapley } from "./exact-shapley";
import { featureAblation } from "./feature-ablation";
import { leaveOneOut } from "./leave-one-out";
import { occlusion } from "./occlusion";
import { random } from "./random";
import { rawAttention } from "./raw-attention";
import { shapleySampling } from "./shapley-sampling";

/** Every explanation method, in the order in which they are listed. */
export const methods: readonly Method[] = [
  rawAttention,
  featureAblation,
  leaveOneOut,
  occlusion,
  shapleySampling,
  exactShapley,
  random,
];

/** A method by its id; throws for one that isn't there. */
export function methodOf(id: string): Method {
  const found = methods.find((m) => m.id === id);
  if (!found) throw new Error(`unknown method: ${id}; known are ${methods.map((m) => m.id).join(", ")}`);
  return found;
}
