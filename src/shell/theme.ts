import type { Theme } from "../store/state";
import type { Workspace } from "../store/store";

const NAME = "theme";
const themes: readonly Theme[] = ["light", "dark", "system"];

/** Sandboxed frames have no storage and throw on touching it; a theme is then kept for the visit only. */
function storage(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

/** Takes the theme of the last visit, and keeps what is chosen for the next. */
export function followTheme({ store, actions }: Workspace): void {
  const kept = storage()?.getItem(NAME);
  const theme = themes.find((each) => each === kept);
  if (theme) actions.setTheme(theme);
  store.subscribe((state, before) => {
    if (state.theme !== before.theme) storage()?.setItem(NAME, state.theme);
  });
}
