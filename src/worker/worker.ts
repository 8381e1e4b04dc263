import type { WarmUp } from "./early";
import { watchHeaps } from "./runtime/heap";
import { warmUp } from "./runtime/warm";

// The runtime is on its way before the rest of the worker is. What comes meanwhile waits for it, in order.
watchHeaps();
const waiting: MessageEvent<unknown>[] = [];
const keep = (event: MessageEvent<WarmUp | undefined>): void => {
  if (event.data?.warm) warmUp(event.data.warm);
  else waiting.push(event);
};
addEventListener("message", keep);

import("./serve").then(
  () => {
    removeEventListener("message", keep);
    for (const { data } of waiting) dispatchEvent(new MessageEvent("message", { data }));
  },
  (error: unknown) =>
    setTimeout(() => {
      throw error; // for the page to hear
    }),
);
