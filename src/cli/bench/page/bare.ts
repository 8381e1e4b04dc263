import { feedsOf, type TokenBatch } from "../../../explain/feeds";
import type { ModelInput } from "../../../graph/inputs";
import { startWasm } from "../../../worker/runtime/wasm";

/** What the bare page runs, beside the files that it loads. */
export interface BareRun {
  readonly inputs: readonly ModelInput[];
  readonly batch: TokenBatch;
  readonly fetches: readonly string[];
  /** The graph's name for model.onnx, where its weights are. */
  readonly weights: string;
}

declare global {
  interface Window {
    /** Milliseconds from navigation until attention was there. */
    ran?: number;
  }
}

const bytes = async (name: string): Promise<Uint8Array> => new Uint8Array(await (await fetch(name)).arrayBuffer());

// The least that any page must do: the runtime and the files at once, then the session, then one pass.
const backend = startWasm();
const [run, graph, data] = await Promise.all([
  fetch("run.json").then((response) => response.json() as Promise<BareRun>),
  bytes("graph.onnx"),
  bytes("model.onnx"),
  backend.warm(),
]);
const session = await backend.create({ graph, external: [{ path: run.weights, data }] });
await session.run(feedsOf(run.inputs, run.batch), run.fetches);
window.ran = performance.now();
