import type { Device } from "./protocol";
import { hang } from "./pulse";

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

/** A worker, and whether it hangs before its runtime is up. */
export interface StartedWorker extends ReturnType<typeof hang> {
  readonly worker: Worker;
}

function start(): StartedWorker {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "explainer" });
  return { worker, ...hang(worker) };
}

let early: StartedWorker | null = null;

/** Starts a worker before anything needs it: runtime and model are on their way while the page is. */
export function startEarly(device: Device | "auto", shipped: WantedShipped | null): void {
  const started = start();
  const { worker } = started;
  early = started;
  // One that can't start is no use to anyone: whoever takes one starts another, and hears why.
  worker.addEventListener("error", () => {
    started.end();
    if (early === started) early = null;
  });
  worker.postMessage({ warm: device, shipped } satisfies WarmUp);
}

/** The worker that was started early, once; else a new one. */
export function takeWorker(): StartedWorker {
  const taken = early ?? start();
  early = null;
  return taken;
}
