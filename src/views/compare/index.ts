import type { Workspace } from "../../store/store";
import { unitAt } from "../../store/units";
import { unitKey } from "../attribution";
import { unitsFor } from "../shared/explaining";
import type { View } from "../view";
import { CompareInspector, CompareSummary } from "./CompareInspector";
import { CompareView } from "./CompareView";
import { compareFigure, compareTable } from "./figure";
import { isText } from "./judged";
import { chosen } from "./picture";

/** Marks what is pinned, else what is hovered; special tokens don't count. */
function markAt({ store, actions }: Workspace): void {
  const { shown, unit, pinned, hovered } = store.getState();
  const token = pinned ?? hovered;
  const units = shown && token && isText(shown) ? unitsFor(shown, unit) : [];
  const at = units[token ? unitAt(units, token.index) : -1];
  if (at && !at.special) actions.mark(Array.from({ length: at.to - at.from }, (_, i) => at.from + i));
}

export const compare: View = {
  id: "compare",
  group: "explain",
  label: "Compare",
  View: CompareView,
  Inspector: CompareInspector,
  Summary: CompareSummary,
  leavesOut: [],
  arrows: ["previous and next layer", "previous and next token"],
  keys: (workspace) => ({ ...unitKey(workspace), k: () => markAt(workspace) }),
  keyNotes: [
    [["W"], "compare over words, or tokens"],
    [["K"], "mark the pinned or hovered token as one that ought to count"],
  ],
  status(state) {
    const methods = chosen(state);
    const done = methods.filter(({ id }) => state.explanations[id]?.status === "done").length;
    return `${done} of ${methods.length} methods done`;
  },
  announce(state) {
    const methods = chosen(state);
    const done = methods.filter(({ id }) => state.explanations[id]?.status === "done").length;
    return done === methods.length ? `${done} methods are compared.` : "";
  },
  async figure({ store }, palette, width) {
    const state = store.getState();
    return state.shown && compareFigure(state, state.shown, palette, width);
  },
  table({ store }) {
    const state = store.getState();
    return state.shown && compareTable(state, state.shown);
  },
};
