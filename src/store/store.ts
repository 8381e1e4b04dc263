import { createStore, type StoreApi } from "zustand/vanilla";
import type { Explainer } from "../worker/protocol";
import type { Assets, Context } from "./actions/context";
import { explainActions } from "./actions/explain";
import { linkActions } from "./actions/link";
import { lookActions } from "./actions/look";
import { measureActions } from "./actions/measure";
import { modelActions } from "./actions/model";
import { paraphraseActions } from "./actions/paraphrases";
import { targetActions } from "./actions/target";
import { textActions } from "./actions/text";
import { withoutActions } from "./actions/without";
import { AttentionCache } from "./attention";
import { sameSubject } from "./explanation";
import { RowsCache } from "./rows";
import { ScoringCache } from "./scoring";
import { initial, type State } from "./state";

/** The one store of a page, what can be done with it, and the attention that it has at hand. */
export interface Workspace {
  readonly store: StoreApi<State>;
  readonly actions: Actions;
  readonly attention: AttentionCache;
  readonly scoring: ScoringCache;
  readonly rows: RowsCache;
}

export type Actions = ReturnType<typeof actionsOf>;

function actionsOf(context: Context) {
  const text = textActions(context);
  const model = modelActions(context, text);
  const look = lookActions(context);
  const explain = explainActions(context);
  const { get, set } = context;
  return {
    ...text,
    ...model,
    ...look,
    ...explain,
    ...measureActions(context),
    ...paraphraseActions(context),
    ...withoutActions(context),
    ...targetActions(context),
    ...linkActions(context, text, model),
    /** Escape: stops what runs, else unpins, else closes the open head. */
    escape(): void {
      const { loading, running, pinned, open, explanations, paraphrasing } = get();
      if (loading || running) void model.cancel();
      else if (Object.values(explanations).some(({ status }) => status === "running" || status === "waiting"))
        void explain.stopExplaining();
      else if (paraphrasing?.status === "running") void explain.stopExplaining();
      else if (pinned) set({ pinned: null });
      else if (open) set({ open: null });
      else set({ hovered: null });
    },
  };
}

/** A page's state around an explainer: the worker's client, or a fake in tests. */
export function createWorkspace(explainer: Explainer, assets: Assets): Workspace {
  const store = createStore<State>()(() => initial);
  const attention = new AttentionCache((...request) => explainer.attention(...request));
  const context: Context = { get: store.getState, set: store.setState, explainer, attention, assets };
  const actions = actionsOf(context);
  store.subscribe((state, before) => {
    if (!sameSubject(state, before)) void actions.forgetExplanations();
  });
  const scoring = new ScoringCache((...request) => explainer.scoring(...request));
  const rows = new RowsCache((...request) => explainer.rows(...request));
  return { store, actions, attention, scoring, rows };
}
