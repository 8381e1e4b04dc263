import { patchedOf } from "../shared/patches";
import type { View } from "../view";
import { headsFigure, headsTable } from "./figure";
import { HeadsInspector } from "./HeadsInspector";
import { HeadsSummary } from "./HeadsSummary";
import { HeadsView } from "./HeadsView";
import { layerOf, plural } from "./names";
import { pictureOf, tokensOf } from "./on-screen";
import { overFigure } from "./over";

export const heads: View = {
  id: "heads",
  group: "look",
  label: "Heads",
  View: HeadsView,
  Inspector: HeadsInspector,
  Summary: HeadsSummary,
  leavesOut: ["texts", "words", "sinks"],
  arrows: ["previous and next layer", "previous and next token"],
  status: ({ heads }, shown) => `${plural(heads.length, "head")} drawn, ${plural(tokensOf(shown), "token")}`,
  announce: ({ site, heads }, shown) => `Layer ${layerOf(shown, site)}, heads ${heads.join(", ")}.`,
  async figure({ store, attention }, palette, width) {
    const state = store.getState();
    const { shown, site } = state;
    if (!shown) return null;
    await attention.fetch({ trace: shown.result.trace, site, heads: state.heads, tokens: tokensOf(shown) });
    const picture = pictureOf({ ...state, hideSinks: state.hideSinks.heads }, attention);
    if (picture && state.own.heads.drawn === "image" && patchedOf(picture.shown))
      return overFigure(picture, state, palette, width);
    return picture && headsFigure(picture, state, palette, width);
  },
  table({ store, attention }) {
    const state = store.getState();
    const picture = pictureOf({ ...state, hideSinks: state.hideSinks.heads }, attention);
    return picture && headsTable(picture, state.pinned);
  },
};
