import type { Progress } from "../protocol";
import type { OnBytes } from "./folder";

const interval = 100; // ms between reports

/** Names a download, with its size where that is known before it begins. */
export type CountPart = (label: string, bytes: number | null) => OnBytes;

/** Adds up the downloads of one model and reports them, at most ten times a second and once when each is done. */
export function countBytes(label: string, report: (progress: Progress) => void): CountPart {
  const parts = new Map<string, { label: string; done: number; total: number | null }>();
  let last = Number.NEGATIVE_INFINITY;
  let later: ReturnType<typeof setTimeout> | undefined;

  const tell = () => {
    clearTimeout(later);
    later = undefined;
    last = performance.now();
    const all = [...parts.values()];
    const totals = all.map(({ total }) => total);
    report({
      label,
      done: all.reduce((sum, { done }) => sum + done, 0),
      total: totals.includes(null) ? null : totals.reduce<number>((sum, total) => sum + total!, 0),
      unit: "bytes",
      parts: all.map((part) => ({ ...part })),
    });
  };
  return (part, bytes) => {
    if (bytes !== null) parts.set(part, { label: part, done: 0, total: bytes });
    return (done, total) => {
      parts.set(part, { label: part, done, total: total === null ? null : Math.max(done, total) });
      const wait = last + interval - performance.now();
      if (done === total || wait <= 0) tell();
      else later ??= setTimeout(tell, wait);
    };
  };
}
