import type { Method } from "../attribution";
import { rawAttention } from "./raw-attention";

/** Every explanation method, in the order in which they are listed. */
export const methods: readonly Method[] = [rawAttention];

/** A method by its id; throws for one that isn't there. */
export function methodOf(id: string): Method {
  const found = methods.find((m) => m.id === id);
  if (!found) throw new Error(`unknown method: ${id}; known are ${methods.map((m) => m.id).join(", ")}`);
  return found;
}
