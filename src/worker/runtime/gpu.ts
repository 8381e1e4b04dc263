import type { InferenceSession } from "onnxruntime-web";
import type { CreateSession, Session } from "../../explain/session";
import { namedAngles } from "./angles";
import { DeviceLost, type GpuBackend } from "./backend";
import { configure, type Ort, type RuntimeFiles, sessionsOf, warm } from "./ort";

/** Rejects every run once the GPU is gone, also one that is under way: ONNX Runtime would wait for it for ever. */
function untilLost(session: Session, lost: Promise<never>): Session {
  return { ...session, run: (feeds, fetches) => Promise.race([session.run(feeds, fetches), lost]) };
}

/** ONNX Runtime refuses an empty list. */
const provider = (onCpu: readonly string[]): InferenceSession.WebGpuExecutionProviderOption =>
  onCpu.length > 0 ? { name: "webgpu", forceCpuNodeNames: onCpu } : { name: "webgpu" };

/** WebGPU by ONNX Runtime's native execution provider, in float32. */
export function startGpu(ort: Ort, files: RuntimeFiles): GpuBackend {
  const threads = configure(ort, files);
  ort.env.webgpu.powerPreference = "high-performance";
  const create: CreateSession = async (source) => {
    const { graph, names } = namedAngles(source.graph);
    const session = await sessionsOf(ort, provider(names))({ ...source, graph });
    const device = await ort.env.webgpu.device; // there since the first session
    const lost = device.lost.then(({ message }): never => {
      throw new DeviceLost(message);
    });
    lost.catch(() => undefined); // nobody may be running when it happens; the next run tells
    return untilLost(session, lost);
  };
  return { device: "webgpu", threads, create, onCpu: sessionsOf(ort, "wasm"), warm: () => warm(ort) };
}
