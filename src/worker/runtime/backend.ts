import type { CreateSession } from "../../explain/session";
import type { Device } from "../protocol";

/** One way of running graphs in this browser. */
export interface Backend {
  readonly device: Device;
  readonly threads: number;
  readonly create: CreateSession;
  /** Fetches and compiles the runtime, so that it is there when the model's files are. */
  warm(): Promise<void>;
}

/** A GPU's sessions, the same build's sessions on the CPU to check them against, and word of the GPU's end. */
export interface GpuBackend extends Backend {
  readonly device: "webgpu";
  readonly onCpu: CreateSession;
}

/** Thrown by a session whose GPU is gone: a driver that restarted, a laptop that slept, a browser that ran short. */
export class DeviceLost extends Error {
  constructor(reason: string) {
    super(`GPU lost: ${reason || "no reason given"}`);
    this.name = "DeviceLost";
  }
}

/** How many threads to start: none besides this one where the page isn't isolated, for they share memory. */
export function threadCount(): number {
  if (!globalThis.crossOriginIsolated) return 1;
  const cores = navigator.hardwareConcurrency ?? 1;
  return cores <= 4 ? cores : Math.min(8, Math.ceil(cores / 2));
}
