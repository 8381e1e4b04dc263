import type { Tensor } from "../tensor/tensor";

/** A graph that can be run: ONNX Runtime in a browser's worker or under Node, behind one interface. */
export interface Session {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /** Runs once. Only the values named in `fetches` are returned. Calls are queued, never run side by side. */
  run(feeds: Readonly<Record<string, Tensor>>, fetches: readonly string[]): Promise<Record<string, Tensor>>;
  release(): Promise<void>;
}

/** The bytes of an edited graph and of the files that its weights are in, by the names that the graph uses. */
export interface SessionSource {
  readonly graph: Uint8Array;
  readonly external: readonly { readonly path: string; readonly data: Uint8Array }[];
  /** Keep weights as they lie, where a runtime would keep copies of them laid out to be multiplied by. */
  readonly lean?: boolean;
}

export type CreateSession = (source: SessionSource) => Promise<Session>;
