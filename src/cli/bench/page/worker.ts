import { watchHeaps } from "../../../worker/runtime/heap";
import type { Call, Reply } from "./page";

watchHeaps();
// The budgets are stated for two threads.
Object.defineProperty(navigator, "hardwareConcurrency", { value: 2 });

addEventListener("message", async ({ data: { job, args } }: MessageEvent<Call>) => {
  const reply = (message: Reply) => postMessage(message);
  try {
    const { jobs } = await import("./jobs"); // behind the lines above, so that its runtime sees them
    reply({ value: await Reflect.apply(jobs[job], null, args) });
  } catch (error) {
    reply({ error: error instanceof Error ? error.message : String(error) });
  }
});
