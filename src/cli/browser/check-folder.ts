import type { ConformanceOptions, Row } from "../../explain/conformance";
import type { Device } from "../../worker/protocol";

/** A fixture folder that is served at an address. */
export interface CheckRequest {
  readonly folder: { readonly name: string; readonly url: string; readonly files: readonly string[] };
  readonly device: Device;
  readonly options: ConformanceOptions;
}

export type CheckReply = { readonly row: Row } | { readonly done: true } | { readonly error: string };

declare global {
  interface Window {
    /** Given by the command line. */
    reportRow(row: Row): Promise<void>;
    checkFolder(request: CheckRequest): Promise<void>;
  }
}

/** Checks one folder in a worker of its own, so that its memory is given back; reports each row as it comes. */
window.checkFolder = async (request) => {
  const worker = new Worker(new URL("./conformance-worker.ts", import.meta.url), { type: "module" });
  const reported: Promise<void>[] = [];
  try {
    await new Promise<void>((resolve, reject) => {
      worker.onerror = (event) => reject(new Error(`worker failed: ${event.message}`));
      worker.onmessage = ({ data }: MessageEvent<CheckReply>) => {
        if ("row" in data) reported.push(window.reportRow(data.row));
        else if ("error" in data) reject(new Error(data.error));
        else resolve();
      };
      worker.postMessage(request);
    });
  } finally {
    worker.terminate();
  }
  await Promise.all(reported);
};
