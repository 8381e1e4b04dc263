import { watchHeaps } from "../../../worker/runtime/heap";
import type { Call, Reply } from "./page";

watchHeaps();

addEventListener("message", async ({ data: { job, args } }: MessageEvent<Call>) => {
  const reply = (message: Reply) => postMessage(message);
  try {
    const { jobs } = await import("./jobs"); // behind the line above, so that it sees the heap of its runtime
    reply({ value: await Reflect.apply(jobs[job], null, args) });
  } catch (error) {
    reply({ error: error instanceof Error ? error.message : String(error) });
  }
});
