import { optionsFor } from "../../store/explanation";
import type { Workspace } from "../../store/store";
import { unitKey } from "../attribution";
import { patchedOf } from "../shared/patches";
import type { View } from "../view";
import { occlusionFigure, occlusionTable } from "./figure";
import { OcclusionInspector, OcclusionSummary } from "./OcclusionInspector";
import { OcclusionView } from "./OcclusionView";
import { overFigure } from "./over";
import { pictureOf, TOKENS, WINDOWS } from "./picture";

const WIDEST = 64;

/** A window wider or narrower by one, within what the method takes. */
function resize({ store, actions }: Workspace, by: number): void {
  const { window, stride } = optionsFor(store.getState(), WINDOWS);
  const to = Math.min(WIDEST, Math.max(1, Number(window) + by));
  if (Number(stride) > to) void actions.setMethodOption(WINDOWS, "stride", 1);
  void actions.setMethodOption(WINDOWS, "window", to);
}

export const occlusion: View = {
  id: "occlusion",
  group: "explain",
  label: "Occlusion",
  View: OcclusionView,
  Inspector: OcclusionInspector,
  Summary: OcclusionSummary,
  leavesOut: [],
  arrows: ["narrower and wider windows", "previous and next token"],
  keys: (workspace) => ({
    ...unitKey(workspace),
    ArrowLeft: () => resize(workspace, -1),
    ArrowRight: () => resize(workspace, 1),
  }),
  keyNotes: [[["W"], "take words away, or tokens"]],
  status: ({ explanations }) => {
    const [tokens, windows] = [explanations[TOKENS], explanations[WINDOWS]];
    return tokens ? `One at a time: ${tokens.status}${windows ? `; windows: ${windows.status}` : ""}` : "";
  },
  announce: ({ explanations }) => (explanations[TOKENS]?.status === "done" ? "Every token was taken away once." : ""),
  async figure({ store }, palette, width) {
    const state = store.getState();
    const picture = state.shown && pictureOf(state, state.shown);
    const patched = state.shown && patchedOf(state.shown);
    if (picture && patched) return overFigure(picture, patched, state.pinned?.index ?? null, palette, width);
    return picture && occlusionFigure(picture, palette, width);
  },
  table({ store }) {
    const state = store.getState();
    const picture = state.shown && pictureOf(state, state.shown);
    return picture && occlusionTable(picture);
  },
};
