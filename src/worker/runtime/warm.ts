import { messageOf } from "../failure";
import type { Device } from "../protocol";
import { tellUp } from "../pulse";
import type { GpuBackend } from "./backend";
import { type Choice, chooseBackend, chooseWasm } from "./choose";

export const isGpu = (backend: Choice["backend"]): backend is GpuBackend => backend.device === "webgpu";

/** WASM in the place of what did not work. */
export async function onWasm(note: string): Promise<Choice> {
  const choice = await chooseWasm([note]);
  await choice.backend.warm();
  tellUp();
  return choice;
}

/** The backend, started; WASM where the GPU's build doesn't start. */
async function start(wanted: Device | "auto", asked = () => {}): Promise<Choice> {
  const choice = await chooseBackend(wanted);
  try {
    const warming = choice.backend.warm();
    asked();
    await warming;
    tellUp();
    return choice;
  } catch (error) {
    if (!isGpu(choice.backend)) throw error;
    return onWasm(`WebGPU didn't start, so the model runs on WASM: ${messageOf(error)}`);
  }
}

let warm: { readonly device: Device | "auto"; readonly choice: Promise<Choice> } | null = null;

/**
 * Starts the backend for the load that will come.
 *
 * @returns when other code may be fetched: behind the runtime, which takes longest; at once where a GPU is looked for
 */
export async function warmUp(device: Device | "auto"): Promise<void> {
  await new Promise<void>((asked) => {
    const choice = start(device, asked);
    choice.catch(() => asked()); // told by the load
    warm = { device, choice };
    if (device !== "wasm" && navigator.gpu) asked();
  });
}

/** The backend that was started for this, or one that is started now. */
export function started(device: Device | "auto"): Promise<Choice> {
  const choice = warm?.device === device ? warm.choice : start(device);
  warm = null;
  return choice;
}
