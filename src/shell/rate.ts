import { useRef } from "react";
import type { Progress } from "../worker/protocol";

const WINDOW = 4000;

export interface Rate {
  /** Per second; null until it can be told. */
  readonly speed: number | null;
  readonly secondsLeft: number | null;
}

/** Speed of a progress over the last seconds, and what is left at that speed. */
export function useRate(progress: Progress | null): Rate {
  const seen = useRef<{ label: string; at: { time: number; done: number }[] }>({ label: "", at: [] });
  if (!progress) {
    seen.current = { label: "", at: [] };
    return { speed: null, secondsLeft: null };
  }
  const { label, done, total } = progress;
  if (seen.current.label !== label) seen.current = { label, at: [] };
  const { at } = seen.current;
  const time = performance.now();
  if (at.at(-1)?.done !== done) at.push({ time, done });
  while (at.length > 2 && time - at[0]!.time > WINDOW) at.shift();
  const first = at[0]!;
  const last = at.at(-1)!;
  const spent = (last.time - first.time) / 1000;
  const speed = spent > 0.2 && last.done > first.done ? (last.done - first.done) / spent : null;
  return { speed, secondsLeft: speed !== null && total !== null ? (total - done) / speed : null };
}
