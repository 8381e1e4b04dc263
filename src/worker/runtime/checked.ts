import type { CreateSession, Session } from "../../explain/session";
import type { Tensor } from "../../tensor/tensor";
import { messageOf } from "../failure";
import type { Device } from "../protocol";
import { DeviceLost, type GpuBackend } from "./backend";

export interface Verdict {
  readonly device: Device;
  /** What a person should know of it, or null. */
  readonly note: string | null;
}

/** Sessions that run on the GPU and on the CPU until it is settled which of them to keep; later ones on that alone. */
export interface Checked {
  readonly create: CreateSession;
  /** Why the GPU can't be used, or null as long as it can. */
  broken(): string | null;
  /** Keeps the GPU's sessions if no value that was fetched so far was off by more than `limit`; else the CPU's. */
  settle(limit: number): Promise<Verdict>;
}

/** The largest difference, measured against the largest magnitude where that is over 1; infinite where one isn't finite. */
export function difference(a: Tensor, b: Tensor): number {
  if (a.data.length !== b.data.length) return Number.POSITIVE_INFINITY;
  if (a.dtype !== "float32") return 0; // integers and half floats are inputs of the parts that are compared
  let largest = 0;
  let scale = 1;
  for (let i = 0; i < a.data.length; i++) {
    const x = a.data[i] as number;
    const y = b.data[i] as number;
    if (Math.abs(x) < Number.POSITIVE_INFINITY) scale = Math.max(scale, Math.abs(x));
    if (Object.is(x, y)) continue;
    const d = Math.abs(x - y);
    if (!(d <= largest)) largest = Number.isNaN(d) ? Number.POSITIVE_INFINITY : d;
  }
  return largest === Number.POSITIVE_INFINITY ? largest : largest / scale;
}

/** WebGPU that is trusted once it has given the same numbers as WASM on a few tokens of the very model. */
export function checked(backend: GpuBackend): Checked {
  const pairs: { gpu: Session | null; cpu: Session | null }[] = [];
  let worst = 0;
  let compared = 0;
  let broken: string | null = null; // why the GPU can't be used
  let unchecked: string | null = null; // why the CPU can't be asked
  let verdict: Device | null = null;

  const open = async (source: Parameters<CreateSession>[0]) => {
    let gpu: Session | null = null;
    if (broken === null)
      try {
        gpu = await backend.create(source);
      } catch (error) {
        broken = messageOf(error);
      }
    try {
      return { gpu, cpu: await backend.onCpu(source) };
    } catch (error) {
      if (!gpu) throw error;
      unchecked = messageOf(error); // both don't fit
      return { gpu, cpu: null };
    }
  };

  const both = async (
    { gpu, cpu }: { gpu: Session | null; cpu: Session | null },
    ...call: Parameters<Session["run"]>
  ) => {
    const reference = cpu && (await cpu.run(...call));
    if (!gpu || broken !== null) return reference!;
    try {
      const results = await gpu.run(...call);
      if (!reference) return results;
      for (const name of call[1]) {
        worst = Math.max(worst, difference(reference[name]!, results[name]!));
        compared++;
      }
      return reference;
    } catch (error) {
      if (!reference) throw error;
      broken = messageOf(error);
      return reference;
    }
  };

  const create: CreateSession = async (source) => {
    if (verdict) return verdict === "webgpu" ? backend.create(source) : backend.onCpu(source);
    const pair = await open(source);
    pairs.push(pair);
    const { inputNames, outputNames } = (pair.cpu ?? pair.gpu)!;
    return {
      inputNames,
      outputNames,
      run: (...call) => (verdict ? pair[verdict === "webgpu" ? "gpu" : "cpu"]!.run(...call) : both(pair, ...call)),
      release: async () => {
        await pair.gpu?.release();
        await pair.cpu?.release();
      },
    };
  };

  const settle = async (limit: number): Promise<Verdict> => {
    const off = broken === null && compared > 0 && !(worst <= limit);
    verdict = broken !== null || off ? "wasm" : "webgpu";
    for (const pair of pairs) {
      const loser = verdict === "webgpu" ? "cpu" : "gpu";
      await pair[loser]?.release().catch((error: unknown) => {
        if (!(error instanceof DeviceLost)) throw error;
      });
      pair[loser] = null;
    }
    if (off) return { device: "wasm", note: `WebGPU was off by ${worst.toExponential(1)}: the model runs on WASM.` };
    if (broken !== null) return { device: "wasm", note: `WebGPU can't run this model, so it runs on WASM: ${broken}` };
    if (unchecked !== null) return { device: "webgpu", note: `WebGPU wasn't checked against WASM: ${unchecked}` };
    return { device: "webgpu", note: null };
  };
  return { create, broken: () => broken, settle };
}
