import { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import type { Session } from "../../explain/session";
import { encodeModel } from "../../onnx/encode";
import type { Model, ValueInfo } from "../../onnx/model";
import type { DType, Tensor } from "../../tensor/tensor";
import { asSession } from "../../worker/runtime/session";

/** A session that runs a model node by node as it is written: ONNX Runtime's own rewrites are off. */
export async function openModel(model: Model, external: ReadonlyMap<string, Uint8Array> = new Map()): Promise<Session> {
  const inner = await InferenceSession.create(encodeModel(model), {
    executionProviders: ["cpu"],
    graphOptimizationLevel: "disabled",
    logSeverityLevel: 4,
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    externalData: [...external].map(([path, data]) => ({ path, data })),
  });
  return asSession({ Tensor: OrtTensor }, inner);
}

/** Runs a model once, node by node as it is written. */
export async function runModel(
  model: Model,
  feeds: Readonly<Record<string, Tensor>>,
  fetches: readonly string[] = model.graph.outputs.map((o) => o.name),
  external: ReadonlyMap<string, Uint8Array> = new Map(),
): Promise<Record<string, Tensor>> {
  const session = await openModel(model, external);
  try {
    return await session.run(feeds, fetches);
  } finally {
    await session.release();
  }
}

/** An input or output of a test's graph. */
export const info = (name: string, dtype: DType | null = null, dims: ValueInfo["dims"] = null): ValueInfo => ({
  name,
  dtype,
  dims,
});
