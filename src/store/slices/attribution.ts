import { METHOD_IDS } from "../method-ids";
import { map, oneOf, type Slice } from "./slice";

/** The one method that Attribution shows. How it is set is kept by method, for all views. */
export interface AttributionState {
  readonly method: string;
}

const initial: AttributionState = { method: "integrated-gradients" };

export const attribution: Slice<AttributionState> = {
  initial,
  link: {
    method: {
      read: (raw) => map(oneOf(raw, METHOD_IDS), (method) => ({ method })),
      // What came with a trace under a name of its own can be shown, and no link can ask for it.
      write: ({ method }) => (method !== initial.method && METHOD_IDS.some((id) => id === method) ? method : undefined),
    },
  },
};
