import type { Jobs } from "./jobs";
import { drawLines } from "./lines";

export interface Call {
  readonly job: keyof Jobs;
  readonly args: readonly unknown[];
}

export type Reply = { readonly value: unknown } | { readonly error: string };

/** Workers that are asked for measurements one at a time. */
export interface BenchPage {
  /** Starts a worker; gives its number. */
  start(): number;
  call<J extends keyof Jobs>(
    worker: number,
    job: J,
    ...args: Parameters<Jobs[J]>
  ): Promise<Awaited<ReturnType<Jobs[J]>>>;
  end(worker: number): void;
  readonly drawLines: typeof drawLines;
}

declare global {
  interface Window {
    bench: BenchPage;
  }
}

const workers: Worker[] = [];

window.bench = {
  start: () => workers.push(new Worker(new URL("./worker.ts", import.meta.url), { type: "module" })) - 1,
  call: (number, job, ...args) =>
    new Promise((resolve, reject) => {
      const worker = workers[number]!;
      worker.onerror = (event) => reject(new Error(`worker failed: ${event.message}`));
      worker.onmessage = ({ data }: MessageEvent<Reply>) => {
        if ("error" in data) reject(new Error(data.error));
        else resolve(data.value as never);
      };
      worker.postMessage({ job, args } satisfies Call);
    }),
  end: (number) => workers[number]!.terminate(),
  drawLines,
};
