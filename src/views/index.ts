import type { ComponentType } from "react";
import { allHeads } from "../store/actions/look";
import type { Shown, ViewId } from "../store/state";
import type { Workspace } from "../store/store";
import { headsFigure, headsTable } from "./heads/figure";
import { HeadsInspector } from "./heads/HeadsInspector";
import { HeadsView } from "./heads/HeadsView";
import { pictureOf, tokensOf } from "./heads/on-screen";
import { FIGURE_CELL, type ModelPicture, modelFigure, modelTable } from "./model/figure";
import { requestFor } from "./model/grid";
import { ModelInspector } from "./model/HeadInspector";
import { ModelView } from "./model/ModelView";
import type { Table } from "./shared/csv";
import type { Palette } from "./shared/palette";
import type { Scene } from "./shared/scene";

export type GroupId = "look" | "flow" | "explain" | "inside";

/** Views answer questions; the rail groups them by question and shows groups that have views. */
export const groups: readonly { readonly id: GroupId; readonly label: string; readonly question: string }[] = [
  { id: "look", label: "Look", question: "Who attends to whom?" },
  { id: "flow", label: "Flow", question: "Where does it travel?" },
  { id: "explain", label: "Explain", question: "What mattered?" },
  { id: "inside", label: "Inside", question: "When is it decided?" },
];

/** A view: what the rail says of it, what it draws, what it says of what is pinned, and what it gives away. */
export interface View {
  readonly id: ViewId;
  readonly group: GroupId;
  readonly label: string;
  readonly View: ComponentType<{ readonly shown: Shown }>;
  readonly Inspector: ComponentType<{ readonly shown: Shown }>;
  /** What ← and → do, for the list of keys. */
  readonly arrows: string;
  /** The view as pinned, after what it needs has come; null where nothing is shown. */
  figure(workspace: Workspace, palette: Palette, width: number): Promise<Scene | null>;
  /** Null while what it needs is on its way. */
  table(workspace: Workspace): Table | null;
}

const heads: View = {
  id: "heads",
  group: "look",
  label: "Heads",
  View: HeadsView,
  Inspector: HeadsInspector,
  arrows: "previous and next layer",
  async figure({ store, attention }, palette, width) {
    const state = store.getState();
    const { shown, site } = state;
    if (!shown) return null;
    await attention.fetch({ trace: shown.result.trace, site, heads: state.heads, tokens: tokensOf(shown) });
    const picture = pictureOf({ ...state, hideSinks: state.hideSinks.heads }, attention);
    return picture && headsFigure(picture, state, palette, width);
  },
  table({ store, attention }) {
    const state = store.getState();
    const picture = pictureOf({ ...state, hideSinks: state.hideSinks.heads }, attention);
    return picture && headsTable(picture, state.pinned);
  },
};

function modelPicture({ store, attention }: Workspace): ModelPicture | null {
  const state = store.getState();
  const { shown, open } = state;
  if (!shown) return null;
  const wanted = open && { ...state, site: open.site, heads: [open.head], hideSinks: state.hideSinks.model };
  return { shown, open: wanted && pictureOf({ ...wanted, pairFilter: "all" }, attention) };
}

const model: View = {
  id: "model",
  group: "look",
  label: "Model",
  View: ModelView,
  Inspector: ModelInspector,
  arrows: "walk the grid",
  async figure(workspace, palette) {
    const { store, attention } = workspace;
    const { shown, open, hideSinks, mergeWords } = store.getState();
    if (!shown) return null;
    const reading = { shown, size: FIGURE_CELL, hideSinks: hideSinks.model, mergeWords };
    for (const { index, heads } of shown.model.sites)
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

/** Every view of the product, in the order of their keys. A new one is a folder and a line here. */
export const views: readonly View[] = [heads, model];
