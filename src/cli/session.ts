import { InferenceSession, Tensor } from "onnxruntime-node";
import type { CreateSession } from "../explain/session";
import { asSession } from "../worker/runtime/session";

/** A session of ONNX Runtime's native CPU build, with the optimisations that the browser's builds apply. */
export const createNodeSession: CreateSession = async ({ graph, external }) => {
  const inner = await InferenceSession.create(graph, {
    executionProviders: ["cpu"],
    graphOptimizationLevel: "all",
    logSeverityLevel: 3,
    // Without VNNI, the fast kernel of unsigned by signed bytes saturates on x64: the slower one is exact.
    extra: { session: { x64quantprecision: "1" } },
    externalData: external.map(({ path, data }) => ({ path, data })),
  });
  return asSession({ Tensor }, inner);
};
