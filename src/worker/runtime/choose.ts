import type { Device } from "../protocol";
import { findAdapter } from "./adapter";
import type { Backend, GpuBackend } from "./backend";

export interface Choice {
  readonly backend: Backend | GpuBackend;
  readonly notes: readonly string[];
}

const hasPromiseIntegration = (): boolean => "Suspending" in WebAssembly;

/** Why WebGPU isn't taken, or null where it is. A GPU that is emulated on the CPU is slower than WASM. */
async function whyNotGpu(wanted: Device | "auto"): Promise<string | null> {
  if (wanted === "wasm") return "";
  if (!navigator.gpu) return "This browser has no WebGPU here: the model runs on WASM.";
  const { gpu } = navigator;
  const adapter = await findAdapter(() => gpu.requestAdapter({ powerPreference: "high-performance" }));
  if (!adapter) return "WebGPU found no GPU that it may use: the model runs on WASM.";
  if (wanted === "auto" && adapter.info.isFallbackAdapter)
    return "WebGPU has only an emulated GPU here: the model runs on WASM, which is faster.";
  return null;
}

const threadsNote = (threads: number): string[] =>
  threads > 1 || globalThis.crossOriginIsolated
    ? []
    : ["The page isn't cross-origin isolated, so WASM has one thread: serve it with the headers COOP and COEP."];

/** WASM with as many threads as there may be. Only the build that is taken is downloaded. */
export async function chooseWasm(notes: readonly string[] = []): Promise<Choice> {
  const { startWasm } = await import("./wasm");
  const backend = startWasm();
  return { backend, notes: [...notes, ...threadsNote(backend.threads)] };
}

/** WebGPU where the browser has it, else WASM, with a sentence on what was given up and why. */
export async function chooseBackend(wanted: Device | "auto"): Promise<Choice> {
  const why = await whyNotGpu(wanted);
  if (why !== null) return chooseWasm(why === "" ? [] : [why]);
  const { start } = hasPromiseIntegration() ? await import("./jspi") : await import("./webgpu");
  return { backend: start(), notes: [] };
}
