import { METHOD_IDS, type MethodId } from "../method-ids";
import { choice, type Slice } from "./slice";

/** The one method that Attribution shows. How it is set is kept by method, for all views. */
export interface AttributionState {
  readonly method: MethodId;
}

const initial: AttributionState = { method: "integrated-gradients" };

export const attribution: Slice<AttributionState> = {
  initial,
  link: { method: choice("method", METHOD_IDS, initial.method) },
};
