import { messageOf } from "../failure";
import type { Device } from "../protocol";
import type { GpuBackend } from "./backend";
import { type Choice, chooseBackend, chooseWasm } from "./choose";

export const isGpu = (backend: Choice["backend"]): backend is GpuBackend => backend.device === "webgpu";

/** WASM in the place of what did not work. */
export async function onWasm(note: string): Promise<Choice> {
  const choice = await chooseWasm([note]);
  await choice.backend.warm();
  return choice;
}

/** The backend, started; WASM where the GPU's build doesn't start. */
async function start(wanted: Device | "auto"): Promise<Choice> {
  const choice = await chooseBackend(wanted);
  try {
    await choice.backend.warm();
    return choice;
  } catch (error) {
    if (!isGpu(choice.backend)) throw error;
    return onWasm(`WebGPU didn't start, so the model runs on WASM: ${messageOf(error)}`);
  }
}

let warm: { readonly device: Device | "auto"; readonly choice: Promise<Choice> } | null = null;

/** Starts the backend for the load that will come. */
export function warmUp(device: Device | "auto"): void {
  const choice = start(device);
  choice.catch(() => undefined); // told by the load
  warm = { device, choice };
}

/** The backend that was started for this, or one that is started now. */
export function started(device: Device | "auto"): Promise<Choice> {
  const choice = warm?.device === device ? warm.choice : start(device);
  warm = null;
  return choice;
}
