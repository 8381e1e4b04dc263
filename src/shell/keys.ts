import { useEffect } from "react";
import { useWorkspace } from "../store/react";
import type { Workspace } from "../store/store";
import { viewOf, views } from "../views";
import { TIGHT } from "../views/shared/environment";

/** Typing, and choices that have their own arrow keys. */
const TYPES = "input, textarea, select, [contenteditable]";

const allHeadsOf = ({ store }: Workspace): number[] => {
  const { shown, site } = store.getState();
  const count = shown?.model.sites.find(({ index }) => index === site)?.heads ?? 0;
  return Array.from({ length: count }, (_, i) => i);
};

/** What a key does; false where it means nothing here. */
function press(workspace: Workspace, key: string): boolean {
  const { store, actions } = workspace;
  const { view, shown } = store.getState();
  const number = Number(key);
  if (number >= 1 && number <= views.length) {
    actions.setView(views[number - 1]!.id);
    return true;
  }
  const keys = new Map<string, () => void>([
    ["/", () => actions.setEditing(true)],
    ["?", () => actions.openDialog("keys")],
    ["Escape", actions.escape],
    ["m", () => actions.openDialog("models")],
    ["i", () => (matchMedia(TIGHT).matches ? actions.toggleSheet() : actions.toggleInspector())],
  ]);
  if (shown) {
    keys.set("ArrowLeft", () => actions.stepLayer(-1));
    keys.set("ArrowRight", () => actions.stepLayer(1));
    keys.set("ArrowUp", () => actions.moveToken(-1));
    keys.set("ArrowDown", () => actions.moveToken(1));
    keys.set("p", actions.pinHovered);
    keys.set("h", actions.toggleSinks);
    keys.set("w", actions.toggleWords);
    keys.set("c", () => actions.setCurved(!store.getState().curved));
    keys.set("a", () => actions.setHeads(allHeadsOf(workspace)));
    for (const [name, act] of Object.entries(viewOf(view).keys?.(workspace) ?? {})) keys.set(name, act);
  }
  const act = keys.get(key);
  act?.();
  return act !== undefined;
}

/** The keys of the page. They rest while something is typed or a window is open. */
export function useKeys(): void {
  const workspace = useWorkspace();
  useEffect(() => {
    const down = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
      if (workspace.store.getState().dialog !== null) return;
      const target = event.target instanceof Element ? event.target : null;
      const typing = target?.closest(TYPES);
      if (typing && event.key !== "Escape") {
        const radio = typing.matches("input[type=radio], input[type=checkbox]");
        if (!radio || event.key.startsWith("Arrow")) return;
      }
      const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
      if (press(workspace, key)) event.preventDefault();
    };
    window.addEventListener("keydown", down);
    return () => window.removeEventListener("keydown", down);
  }, [workspace]);
}
