import { InferenceSession, Tensor } from "onnxruntime-node";
import type { CreateSession } from "../explain/session";
import { asSession } from "../worker/runtime/session";

/** Sessions of ONNX Runtime's native CPU build on so many threads, 0 for all, with the optimisations of the browser's builds. */
export const nodeSessions =
  (threads: number): CreateSession =>
  async ({ graph, external }) => {
    const inner = await InferenceSession.create(graph, {
      intraOpNumThreads: threads,
      executionProviders: ["cpu"],
      graphOptimizationLevel: "all",
      logSeverityLevel: 3,
      // Without VNNI, the fast kernel of unsigned by signed bytes saturates on x64: the slower one is exact.
      extra: { session: { x64quantprecision: "1" } },
      externalData: external.map(({ path, data }) => ({ path, data })),
    });
    return asSession({ Tensor }, inner);
  };

export const createNodeSession: CreateSession = nodeSessions(0);
