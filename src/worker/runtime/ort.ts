import type { Env, InferenceSession, InferenceSessionFactory, TensorConstructor } from "onnxruntime-web";
import type { CreateSession } from "../../explain/session";
import { encodeModel } from "../../onnx/encode";
import { threadCount } from "./backend";
import { asSession, queued } from "./session";

/** What every browser build of ONNX Runtime exports. */
export interface Ort {
  readonly env: Env;
  readonly InferenceSession: InferenceSessionFactory;
  readonly Tensor: TensorConstructor;
}

/** Addresses of the two files that a build consists of; its threads load the first and nothing else. */
export interface RuntimeFiles {
  readonly mjs: string;
  readonly wasm: string;
}

/** Settings that hold for all builds; to be made before the first session. Returns the number of threads. */
export function configure(ort: Ort, { mjs, wasm }: RuntimeFiles): number {
  const threads = threadCount();
  const here = import.meta.url; // addresses may be relative to this module, and not to the one that imports them
  ort.env.wasm.wasmPaths = { mjs: new URL(mjs, here).href, wasm: new URL(wasm, here).href };
  ort.env.wasm.numThreads = threads;
  ort.env.wasm.proxy = false;
  ort.env.logLevel = "error";
  return threads;
}

/** Sessions of one execution provider. The bytes of `external` are copied into the heap, then let go. */
export const sessionsOf =
  (ort: Ort, provider: InferenceSession.ExecutionProviderConfig): CreateSession =>
  async ({ graph, external, lean = false }) => {
    const inner = await queued(ort, () =>
      ort.InferenceSession.create(graph, {
        executionProviders: [provider],
        graphOptimizationLevel: "all",
        logSeverityLevel: 3,
        ...(lean ? { extra: { session: { disable_prepacking: "1" } } } : {}),
        externalData: external.map(({ path, data }) => ({ path, data })),
      }),
    );
    return asSession(ort, inner);
  };

/** Starts the runtime by a session of one node; it has no other way of being started early. */
export async function warm(ort: Ort): Promise<void> {
  const x = { name: "x", dtype: "float32", dims: [1] } as const;
  const identity = { name: "", opType: "Identity", domain: "", inputs: ["x"], outputs: ["y"], attributes: new Map() };
  const graph = encodeModel({
    irVersion: 8,
    opsets: new Map([["", 17]]),
    producer: "",
    graph: {
      name: "identity",
      nodes: [identity],
      inputs: [x],
      outputs: [{ ...x, name: "y" }],
      initializers: new Map(),
      valueInfo: new Map(),
    },
    functions: [],
    metadata: new Map(),
  });
  const session = await sessionsOf(ort, "wasm")({ graph, external: [] });
  await session.release();
}
