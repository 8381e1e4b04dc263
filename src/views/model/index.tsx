import { allHeads } from "../../store/actions/look";
import { useApp } from "../../store/react";
import type { Shown } from "../../store/state";
import type { Workspace } from "../../store/store";
import { headName, plural } from "../heads/names";
import { pictureOf, planFor, tokensOf } from "../heads/on-screen";
import { readerOf, readerWords } from "../heads/over";
import type { Palette } from "../shared/palette";
import { type Patched, patchedOf } from "../shared/patches";
import type { View } from "../view";
import { FIGURE_CELL, type ModelPicture, modelFigure, modelTable } from "./figure";
import { requestFor } from "./grid";
import { ModelInspector } from "./HeadInspector";
import { ModelView } from "./ModelView";
import { mapsOf, overFigure } from "./over";

function modelPicture({ store, attention }: Workspace): ModelPicture | null {
  const state = store.getState();
  const { shown, open } = state;
  if (!shown) return null;
  const wanted = open && { ...state, site: open.site, heads: [open.head], hideSinks: state.hideSinks.model };
  return { shown, open: wanted && pictureOf({ ...wanted, pairFilter: "all" }, attention) };
}

/** Every head's attention of the pinned token, or the answer's, over the image. */
async function figureOverImage({ store, rows }: Workspace, shown: Shown, of: Patched, palette: Palette) {
  const { pinned, hideSinks, badgesOff } = store.getState();
  const plan = planFor(shown, shown.model.sites[0]!.index, {
    mergeWords: false,
    hideSinks: hideSinks.model,
    filter: "all",
  });
  const reader = readerOf(plan, { pinned, hovered: null });
  if (!reader) return null;
  const read = await rows.fetch(shown.result.trace, reader.token.index, reader.token.side);
  const maps = mapsOf(shown, of, read, hideSinks.model);
  const badges = { scores: shown.scores, off: badgesOff, sites: shown.model.sites };
  return overFigure(shown, of, maps, readerWords(reader), badges, palette);
}

function ModelSummary({ shown }: { readonly shown: Shown }) {
  const open = useApp((state) => state.open);
  return (
    <p className="small">{open ? `Head ${headName(shown, open.site, open.head)}` : "Tap a head to enlarge it."}</p>
  );
}

export const model: View = {
  id: "model",
  group: "look",
  label: "Model",
  View: ModelView,
  Inspector: ModelInspector,
  Summary: ModelSummary,
  leavesOut: ["words", "sinks"],
  arrows: ["walk the grid", "walk the grid"],
  keys: ({ actions }) => ({
    ArrowLeft: () => actions.moveOpen(-1, 0),
    ArrowRight: () => actions.moveOpen(1, 0),
    ArrowUp: () => actions.moveOpen(0, -1),
    ArrowDown: () => actions.moveOpen(0, 1),
  }),
  enlarged: ({ open }) => open !== null,
  status: (_, { scores, model }) =>
    scores
      ? `${plural(scores.length, "head")} measured`
      : model.far
        ? "Heads are read when they are opened"
        : "Measuring heads",
  announce: ({ open }, shown) => (open ? `Head ${headName(shown, open.site, open.head)} is open.` : ""),
  async figure(workspace, palette) {
    const { store, attention } = workspace;
    const { shown, open, own, hideSinks, mergeWords } = store.getState();
    if (!shown) return null;
    const patched = patchedOf(shown);
    if (patched && own.heads.drawn === "image") return figureOverImage(workspace, shown, patched, palette);
    const reading = { shown, size: FIGURE_CELL, hideSinks: hideSinks.model, mergeWords };
    const far = shown.model.far && !store.getState().readsAll; // then the figure has the heads that are here
    for (const { index, heads } of far ? [] : shown.model.sites)
      await attention.fetch({ ...requestFor(reading, index), heads: allHeads(heads) });
    if (open) {
      const at = { trace: shown.result.trace, site: open.site, tokens: tokensOf(shown) };
      await attention.fetch({ ...at, heads: [open.head] });
    }
    const picture = modelPicture(workspace);
    const state = store.getState();
    return picture && modelFigure(picture, { ...state, opened: state.open }, palette, attention);
  },
  table(workspace) {
    const picture = modelPicture(workspace);
    return picture && modelTable(picture, workspace.store.getState());
  },
};
