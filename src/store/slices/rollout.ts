import { choice, type Slice, wrong } from "./slice";

/** How Rollout looks at the flow through all layers. How its methods are set is the methods' own. */
export interface RolloutState {
  readonly method: "rollout" | "attention-flow" | "chefer";
  /** The first of the rows and columns that are drawn large; null draws the whole text. */
  readonly from: number | null;
}

const initial: RolloutState = { method: "rollout", from: null };

export const rollout: Slice<RolloutState> = {
  initial,
  link: {
    flow: choice("method", ["rollout", "attention-flow", "chefer"], initial.method),
    from: {
      read: (raw) => (/^\d{1,5}$/.test(raw) ? { value: { from: Number(raw) } } : wrong("a token's position")),
      write: ({ from }) => (from === null ? undefined : `${from}`),
    },
  },
};
