import { createClient } from "../../src/worker/client";
import type { Explainer, Progress } from "../../src/worker/protocol";

/** What the tests of the worker call in the page. */
export interface WorkerPage {
  readonly explainer: Explainer;
  readonly progress: Progress[];
}

declare global {
  interface Window {
    readonly page: WorkerPage;
  }
}

Object.assign(window, { page: { explainer: createClient(), progress: [] } satisfies WorkerPage });
