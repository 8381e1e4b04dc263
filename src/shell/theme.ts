import type { Theme } from "../store/state";

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

/** The theme of the last visit; null where there was none. */
export function keptTheme(): Theme | null {
  const kept = storage()?.getItem(NAME);
  return themes.find((theme) => theme === kept) ?? null;
}

export function keepTheme(theme: Theme): void {
  storage()?.setItem(NAME, theme);
}
