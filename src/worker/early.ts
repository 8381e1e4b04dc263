import type { Device } from "./protocol";

/** Where the shipped models are, and which of them is wanted: the first where it isn't said. */
export interface WantedShipped {
  readonly base: string;
  readonly id: string | null;
}

/** Asks a worker that isn't loading anything yet to fetch and compile its runtime, and to fetch a model's files. */
export interface WarmUp {
  readonly warm: Device | "auto";
  readonly shipped: WantedShipped | null;
}

const start = (): Worker => new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "explainer" });

let early: Worker | null = null;

/** Starts a worker before anything needs it: runtime and model are on their way while the page is. */
export function startEarly(device: Device | "auto", shipped: WantedShipped | null): void {
  const worker = start();
  early = worker;
  // One that can't start is no use to anyone: whoever takes one starts another, and hears why.
  worker.addEventListener("error", () => {
    if (early === worker) early = null;
  });
  worker.postMessage({ warm: device, shipped } satisfies WarmUp);
}

/** The worker that was started early, once; else a new one. */
export function takeWorker(): Worker {
  const worker = early ?? start();
  early = null;
  return worker;
}
