import { allHeads } from "../../store/actions/look";
import { tokensOf } from "../heads/on-screen";
import type { View } from "../view";
import { rolloutFigure, rolloutTable } from "./figure";
import { isOver, overFigure } from "./over";
import { methodNames, pictureOf, WINDOW } from "./picture";
import { RolloutInspector, RolloutSummary } from "./RolloutInspector";
import { RolloutView } from "./RolloutView";

export const rollout: View = {
  id: "rollout",
  group: "flow",
  label: "Rollout",
  View: RolloutView,
  Inspector: RolloutInspector,
  Summary: RolloutSummary,
  leavesOut: ["words", "sinks"],
  arrows: ["previous and next layer of the raw attention", "previous and next row"],
  keys({ store, actions }) {
    const { own, pinned } = store.getState();
    const start = Math.max(0, (pinned?.index ?? WINDOW / 2) - WINDOW / 2);
    return { z: () => actions.change("rollout", { from: own.rollout.from === null ? start : null }) };
  },
  keyNotes: [[["Z"], "draw a part of a long text large, or all of it"]],
  status({ own, explanations }, shown) {
    const { method } = own.rollout;
    const explanation = explanations[method];
    return explanation?.status === "done" ? `${methodNames[method]} of ${tokensOf(shown)} tokens` : "";
  },
  announce({ own, explanations }) {
    const { method } = own.rollout;
    return explanations[method]?.status === "done" ? `${methodNames[method]} is done.` : "";
  },
  async figure({ store, attention }, palette, width) {
    const { shown, site } = store.getState();
    if (!shown) return null;
    const heads = allHeads(shown.model.sites.find(({ index }) => index === site)?.heads ?? 0);
    await attention.fetch({ trace: shown.result.trace, site, heads, tokens: tokensOf(shown) });
    const state = store.getState();
    const picture = pictureOf(state, attention);
    if (picture && isOver(picture.shown, state.own)) return overFigure(picture, state.pinned, palette, width);
    return picture && rolloutFigure(picture, state.pinned, palette, width);
  },
  table({ store, attention }) {
    const state = store.getState();
    const picture = pictureOf(state, attention);
    return picture && rolloutTable(picture, state.pinned);
  },
};
