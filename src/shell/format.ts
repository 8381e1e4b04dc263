import { megabytes } from "../views/shared/megabytes";
import type { LoadedModel, Progress } from "../worker/protocol";

export { megabytes };

/** The same with one digit always, for numbers that are seen to move. */
export const tenths = (bytes: number): string =>
  bytes >= 1e9 ? `${(bytes / 1e9).toFixed(2)} GB` : `${(bytes / 1e6).toFixed(1)} MB`;

/** "137.9 of 218.6 MB", "212 of 525 passes", or what is known of it: nothing at the start. */
export function amount({ done, total, unit }: Pick<Progress, "done" | "total" | "unit">): string {
  if (total === null && done === 0) return "";
  if (unit === "passes") return total === null ? `${done} passes` : `${done} of ${total} passes`;
  if (total === null) return megabytes(done);
  if (total < 1e9) return `${(done / 1e6).toFixed(1)} of ${(total / 1e6).toFixed(1)} MB`;
  return `${(done / 1e9).toFixed(2)} of ${(total / 1e9).toFixed(2)} GB`;
}

/** "9 s left", "2 min left"; empty while unknown. */
export function timeLeft(seconds: number | null): string {
  if (seconds === null || !Number.isFinite(seconds)) return "";
  return seconds < 90 ? `${Math.max(1, Math.round(seconds))} s left` : `${Math.round(seconds / 60)} min left`;
}

export const deviceLabel = ({ device, threads, trace }: Pick<LoadedModel, "device" | "threads" | "trace">): string =>
  trace ? "nothing runs" : device === "webgpu" ? "WebGPU" : threads > 1 ? `WASM ×${threads}` : "WASM";

export const shape = (layers: number, heads: number): string =>
  `${layers} ${layers === 1 ? "layer" : "layers"} × ${heads} ${heads === 1 ? "head" : "heads"}`;

/** A probability as the selectors show it. */
export const probability = (value: number): string => (value > 0 && value < 0.005 ? "<0.01" : value.toFixed(2));
