import { unitKey } from "../attribution";
import type { View } from "../view";
import { CompareInspector, CompareSummary } from "./CompareInspector";
import { CompareView } from "./CompareView";
import { compareFigure, compareTable } from "./figure";
import { chosen } from "./picture";

export const compare: View = {
  id: "compare",
  group: "explain",
  label: "Compare",
  View: CompareView,
  Inspector: CompareInspector,
  Summary: CompareSummary,
  leavesOut: [],
  arrows: ["previous and next layer", "previous and next token"],
  keys: unitKey,
  keyNotes: [[["W"], "compare over words, or tokens"]],
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
