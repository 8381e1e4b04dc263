import type { Workspace } from "../../store/store";
import { patchedOf } from "../shared/patches";
import type { View } from "../view";
import { AttributionInspector, AttributionSummary } from "./AttributionInspector";
import { AttributionView } from "./AttributionView";
import { attributionFigure, attributionTable } from "./figure";
import { overFigure } from "./over";
import { chosenMethod, pictureOf } from "./picture";

/** W is tokens or words here: what gets one value. */
export const unitKey = ({ store, actions }: Workspace): Readonly<Record<string, () => void>> => ({
  w: () => actions.setUnit(store.getState().unit === "word" ? "token" : "word"),
});

export const attribution: View = {
  id: "attribution",
  group: "explain",
  label: "Attribution",
  View: AttributionView,
  Inspector: AttributionInspector,
  Summary: AttributionSummary,
  leavesOut: ["sinks"],
  arrows: ["previous and next layer", "previous and next token"],
  keys: unitKey,
  keyNotes: [[["W"], "explain words, or tokens"]],
  status(state) {
    const method = chosenMethod(state);
    const explanation = method && state.explanations[method.id];
    return method && explanation ? `${method.label}: ${explanation.status}` : "";
  },
  announce(state) {
    const method = chosenMethod(state);
    return method && state.explanations[method.id]?.status === "done" ? `${method.label} is done.` : "";
  },
  async figure({ store }, palette, width) {
    const state = store.getState();
    const picture = state.shown && pictureOf(state, state.shown);
    const patched = state.shown && patchedOf(state.shown);
    if (picture && patched) return overFigure(picture, patched, state.pinned?.index ?? null, palette, width);
    return picture && attributionFigure(picture, palette, width);
  },
  table({ store }) {
    const state = store.getState();
    const picture = state.shown && pictureOf(state, state.shown);
    return picture && attributionTable(picture);
  },
};
