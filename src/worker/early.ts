import type { Device } from "./protocol";

/** Asks a worker that isn't loading anything yet to fetch and compile its runtime. */
export interface WarmUp {
  readonly warm: Device | "auto";
}

const start = (): Worker => new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "explainer" });

let early: Worker | null = null;

/** Starts a worker before anything needs it: its runtime is fetched and compiled while the page is. */
export function startEarly(device: Device | "auto"): void {
  const worker = start();
  early = worker;
  // One that can't start is no use to anyone: whoever takes one starts another, and hears why.
  worker.addEventListener("error", () => {
    if (early === worker) early = null;
  });
  worker.postMessage({ warm: device } satisfies WarmUp);
}

/** The worker that was started early, once; else a new one. */
export function takeWorker(): Worker {
  const worker = early ?? start();
  early = null;
  return worker;
}
