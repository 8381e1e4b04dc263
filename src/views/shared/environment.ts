import { type RefObject, useEffect, useLayoutEffect, useState, useSyncExternalStore } from "react";
import { useApp } from "../../store/react";
import type { Theme } from "../../store/state";
import { type Palette, palettes, type Scheme } from "./palette";

const query = (of: string) => {
  const list = window.matchMedia(of);
  return {
    subscribe: (call: () => void) => {
      list.addEventListener("change", call);
      return () => list.removeEventListener("change", call);
    },
    get: () => list.matches,
  };
};

const queries = new Map<string, ReturnType<typeof query>>();

/** Whether a media query holds now. */
export function useMedia(of: string): boolean {
  let made = queries.get(of);
  if (!made) {
    made = query(of);
    queries.set(of, made);
  }
  return useSyncExternalStore(made.subscribe, made.get);
}

export const PHONE = "(max-width: 760px)";
/** No room for the inspector beside the view. */
export const TIGHT = "(max-width: 1099px)";

export const usePhone = (): boolean => useMedia(PHONE);

/** The scheme that a theme means on this machine now. */
export const schemeOf = (theme: Theme, dark: boolean): Scheme =>
  theme === "system" ? (dark ? "dark" : "light") : theme;

export function useScheme(): Scheme {
  return schemeOf(
    useApp(({ theme }) => theme),
    useMedia("(prefers-color-scheme: dark)"),
  );
}

export const usePalette = (): Palette => palettes[useScheme()];

/** The size of an element, as it changes; null before it is laid out. */
export function useSize(ref: RefObject<HTMLElement | null>): { width: number; height: number } | null {
  const [size, set] = useState<{ width: number; height: number } | null>(null);
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return;
    const measure = () => {
      const { clientWidth: width, clientHeight: height } = element;
      set((before) => (before?.width === width && before.height === height ? before : { width, height }));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [ref]);
  return size;
}

/** Device pixels for a CSS pixel; changes with zoom and between screens. */
export function usePixelRatio(): number {
  const [ratio, set] = useState(() => window.devicePixelRatio);
  useEffect(() => {
    const list = window.matchMedia(`(resolution: ${ratio}dppx)`);
    const change = () => set(window.devicePixelRatio);
    list.addEventListener("change", change);
    return () => list.removeEventListener("change", change);
  }, [ratio]);
  return ratio;
}

/** True once the page's own fonts can be painted on a canvas. */
export function useFonts(): boolean {
  const [ready, set] = useState(() => document.fonts.status === "loaded");
  useEffect(() => {
    let here = true;
    const wanted = ["400 12px 'Inter Variable'", "400 12px 'JetBrains Mono Variable'"];
    void Promise.all(wanted.map((font) => document.fonts.load(font))).then(() => here && set(true));
    return () => {
      here = false;
    };
  }, []);
  return ready;
}
